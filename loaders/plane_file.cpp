#include "loaders/plane_file.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "loaders/picture.h"
#include "loaders/png_writer.h"

namespace impasto {
namespace {

template <class T>
std::vector<T> rounded(const Plane& plane) {
  const float top = static_cast<float>(T(-1));
  std::vector<T> numbers(plane.pixels());
  for (std::size_t p = 0; p < numbers.size(); ++p) {
    if (std::isnan(plane.values[p])) throw Error("a plane holds NaN, which no picture can");
    numbers[p] = static_cast<T>(std::lround(top * std::clamp(plane.values[p], 0.0f, 1.0f)));
  }
  return numbers;
}

}  // namespace

std::vector<std::uint8_t> encode_plane(const Plane& plane, int bits) {
  if (plane.width < 1 || plane.height < 1 || plane.values.size() != plane.pixels())
    throw ShapeError("a plane of " + std::to_string(plane.width) + "x" + std::to_string(plane.height) + " has " +
                     std::to_string(plane.values.size()) + " numbers");
  if (bits == 8) return encode_png(rounded<std::uint8_t>(plane).data(), plane.width, plane.height, 1);
  return encode_png(rounded<std::uint16_t>(plane).data(), plane.width, plane.height, 1);
}

void write_plane(const std::string& path, const Plane& plane, int bits) {
  if (picture_format(path) != PictureFormat::png)
    throw UsageError(path + ": depth and edges are written as PNG; give the name the ending .png");
  write_file_atomically(path, encode_plane(plane, bits));
}

Plane read_plane(const std::string& path) {
  Picture picture = read_picture(path);
  if (!picture.grey) throw FileError(path, "a picture in colour, and a grey one is needed; depth is a grey PNG, 16 bits where it can be");
  picture.rgb.resize(picture.pixels());
  return {picture.width, picture.height, std::move(picture.rgb)};
}

}  // namespace impasto
