// The part of a photograph that training sees.
#pragma once
#include <cstdint>

#include "loaders/picture.h"

namespace impasto {

/// In parts of what there is, so that it fits a picture of any size.
struct Crop {
  double side = 1;          ///< of the shorter side of the picture
  double x = 0.5, y = 0.5;  ///< of the room that is left: 0 is at the left or the top, 1 at the right or the bottom
  bool flipped = false;     ///< left to right
};

/// Random squares are cut as if the shorter side had been scaled to between 1 and this many times the square.
inline constexpr double most_scaled = 1.5;

/// What position `position` of the training order shows: a side of 2/3 to 1, any place, every second one flipped. A function of the two
/// numbers alone.
Crop random_crop(uint64_t seed, int64_t position);

/// The rectangle alone, without alpha. It lies within the picture.
Picture rectangle(const Picture& picture, int left, int top, int width, int height);

/// Cuts the square out and scales it to size x size; alpha is ignored. Writes [3, size, size].
void cut(const Picture& picture, const Crop& crop, int size, float* out);

}  // namespace impasto
