#include "loaders/colour_map.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"

namespace impasto {
namespace {

// Of 255, red, green, blue, at 0, 1/8, .. 1.
constexpr float table[][3] = {{68, 1, 84},    {71, 45, 123}, {59, 82, 139},  {44, 114, 142}, {33, 145, 140},
                              {40, 174, 128}, {94, 201, 98}, {173, 220, 48}, {253, 231, 37}};
constexpr std::size_t last = std::size(table) - 1;

}  // namespace

Picture coloured(const Plane& plane) {
  Picture picture;
  picture.width = plane.width;
  picture.height = plane.height;
  picture.rgb.resize(3 * plane.pixels());
  for (std::size_t p = 0; p < plane.pixels(); ++p) {
    if (std::isnan(plane.values[p])) throw Error("a plane holds NaN, which has no colour");
    const float at = std::clamp(plane.values[p], 0.0f, 1.0f) * last;
    const std::size_t below = std::min(static_cast<std::size_t>(at), last - 1);
    const float share = at - static_cast<float>(below);
    for (std::size_t c = 0; c < 3; ++c)
      picture.rgb[c * plane.pixels() + p] = ((1 - share) * table[below][c] + share * table[below + 1][c]) / 255;
  }
  return picture;
}

}  // namespace impasto
