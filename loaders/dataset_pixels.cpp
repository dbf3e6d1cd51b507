#include "loaders/dataset_pixels.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "loaders/crop.h"
#include "loaders/resize.h"

namespace impasto {

std::vector<uint8_t> dataset_pixels(const Picture& picture, int size, const std::string& name) {
  constexpr int multiple = 16;
  const int width = picture.width / multiple * multiple, height = picture.height / multiple * multiple;
  if (width == 0 || height == 0)
    throw FileError(name, std::to_string(picture.width) + "x" + std::to_string(picture.height) + " pixels; each side needs " +
                              std::to_string(multiple) + " at least");
  const Picture scaled = resize(rectangle(picture, 0, 0, width, height), size, size);
  std::vector<uint8_t> bytes(scaled.rgb.size());
  std::transform(scaled.rgb.begin(), scaled.rgb.end(), bytes.begin(),
                 [](float value) { return static_cast<uint8_t>(std::lround(value * 255)); });
  return bytes;
}

}  // namespace impasto
