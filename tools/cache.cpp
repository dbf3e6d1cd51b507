#include "tools/cache.h"

#include <cstdlib>

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

}  // namespace impasto
