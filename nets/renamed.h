// Another program's arrays under our names.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "loaders/arrays.h"

namespace impasto {

/// Theirs and ours.
using Renaming = std::vector<std::pair<std::string, std::string>>;

/// Every array of the renaming by its second name. Throws ShapeError with what is missing or left over, "is not <network>, 3 names do not
/// fit: ...", to which the caller adds the file.
NamedArrays renamed(NamedArrays theirs, const Renaming& names, const std::string& network);

}  // namespace impasto
