// Sets of pictures that are drawn by number, on all cores: what `impasto dataset scenes` and `dataset textures` have in common.
#pragma once
#include <functional>
#include <string>

namespace impasto {

/// "000042", as such pictures are called.
std::string six_digits(int number);

/// Makes the folder, and draws those of 0 .. count - 1 that are not there yet, with progress. `what`: "scenes". Throws FileError for the
/// folder, Error after an interrupt, and the first thing that `draw` throws.
void draw_missing(const std::string& folder, int count, const std::string& what, const std::function<bool(int)>& is_there,
                  const std::function<void(int)>& draw);

}  // namespace impasto
