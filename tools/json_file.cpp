#include "tools/json_file.h"

#include <cmath>
#include <iostream>

#include "loaders/atomic_file.h"

namespace impasto {

void write_json(const std::string& path, const Json& json) {
  if (path.empty()) return;
  const std::string text = json.dump(path == "-" ? -1 : 1, ' ', false, Json::error_handler_t::replace) + '\n';
  if (path == "-") {
    std::cout << text << std::flush;
  } else {
    write_file_atomically(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
}

Json json_number(double value) { return std::isnan(value) ? Json() : Json(value); }

}  // namespace impasto
