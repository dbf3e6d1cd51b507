#include "engine/place.h"

#include <dlfcn.h>

#include <filesystem>

namespace impasto {
namespace {

const char somewhere_in_this_library = 0;

}  // namespace

std::string engine_folder() {
  Dl_info info{};
  if (dladdr(&somewhere_in_this_library, &info) == 0) return ".";
  std::error_code none;  // a name that cannot be made absolute stays as it is
  const std::filesystem::path file = std::filesystem::absolute(info.dli_fname, none);
  return file.parent_path().string();
}

}  // namespace impasto
