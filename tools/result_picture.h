// Photos and their results at one size, so that they can be compared.
#pragma once
#include <string>

#include "loaders/picture.h"

namespace impasto {

/// No side longer than `longest`; none is enlarged.
Picture sized(const Picture& picture, int longest);

/// The result, read from `file`, at its photo's width and height. Throws FileError if its aspect is another than the photo's (by a
/// twentieth or more).
Picture at_size_of(const Picture& photo, const std::string& photo_file, const Picture& result, const std::string& file);

}  // namespace impasto
