// Squares of photographs, as networks that paint are trained on.
#pragma once
#include <memory>

#include "loaders/picture_set.h"
#include "loaders/sample_set.h"

namespace impasto {

struct SquareSettings {
  int size = 256;  ///< in pixels
  uint64_t seed = 0;
  bool augment = true;  ///< random squares, half of them flipped (loaders/crop.h); else the middle one
};

/// Samples are [3, size, size], 0..1. A picture cannot be used if it has NaN, or a shorter side below a quarter of `size`.
/// Throws UsageError for a size below 1.
std::shared_ptr<const SampleSet> photo_squares(std::shared_ptr<const PictureSet> pictures, const SquareSettings& settings);

}  // namespace impasto
