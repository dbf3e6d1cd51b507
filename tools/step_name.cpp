#include "tools/step_name.h"

#include <cstdio>
#include <filesystem>

namespace impasto {

std::string with_step(const std::string& out, int step) {
  char number[16];
  std::snprintf(number, sizeof number, "-%04d", step);
  const std::filesystem::path path(out);
  return (path.parent_path() / (path.stem().string() + number + path.extension().string())).string();
}

}  // namespace impasto
