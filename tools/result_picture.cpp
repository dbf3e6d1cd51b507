#include "tools/result_picture.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "loaders/resize.h"

namespace impasto {

Picture sized(const Picture& picture, int longest) {
  return resize_longest(picture, std::min(longest, std::max(picture.width, picture.height)));
}

Picture at_size_of(const Picture& photo, const std::string& photo_file, const Picture& result, const std::string& file) {
  const double stretched = double(result.width) * photo.height / (double(result.height) * photo.width);
  if (std::abs(std::log(stretched)) > 0.05)
    throw FileError(file, "its size is " + std::to_string(result.width) + 'x' + std::to_string(result.height) +
                              ", another aspect than that of " + photo_file + "; is it of another photo, or cut?");
  return resize(result, photo.width, photo.height);
}

}  // namespace impasto
