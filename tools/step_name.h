#pragma once
#include <string>

namespace impasto {

/// "OUT.png" and 40: "OUT-0040.png".
std::string with_step(const std::string& path, int step);

}  // namespace impasto
