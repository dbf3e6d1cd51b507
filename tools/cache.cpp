#include "tools/cache.h"

#include <cstdlib>
#include <filesystem>

#include "engine/error.h"

namespace impasto {

std::string cache_folder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (const std::string own = variable("IMPASTO_CACHE"); !own.empty()) return own;
  // A relative XDG folder is to be ignored (XDG base directory specification).
  if (const std::string xdg = variable("XDG_CACHE_HOME"); xdg.starts_with('/')) return xdg + "/impasto";
  if (const std::string home = variable("HOME"); !home.empty()) return home + "/.cache/impasto";
  throw Error("there is no folder for cached weights, since neither IMPASTO_CACHE nor HOME is set; set one of them");
}

std::string cached_weights(const std::string& name) { return cache_folder() + '/' + name + ".h5"; }

std::string shipped_folder() {
  namespace fs = std::filesystem;
  std::error_code unreadable;
  const fs::path program = fs::read_symlink("/proc/self/exe", unreadable).parent_path();
  for (const fs::path& folder : {program / "../share/impasto", program / "../../weights"})
    if (!program.empty() && fs::is_directory(folder, unreadable)) return folder.lexically_normal();
  return {};
}

std::string network_file(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos) return {};
  for (const std::string& file : {cached_weights(name), shipped_folder() + '/' + name + ".h5"})
    if (std::filesystem::is_regular_file(file)) return file;
  return {};
}

std::string file_or_network(const std::string& text) {
  if (std::filesystem::exists(text)) return text;
  const std::string file = network_file(text);
  return file.empty() ? cached_weights(text) : file;
}

}  // namespace impasto
