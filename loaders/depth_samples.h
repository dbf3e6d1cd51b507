// Pieces of photographs with their depth, as networks that see depth are trained on.
#pragma once
#include <memory>

#include "loaders/depth_set.h"
#include "loaders/sample_set.h"

namespace impasto {

struct DepthSampleSettings {
  int width = 320, height = 240;  ///< pixels
  uint64_t seed = 0;
  bool augment = true;  ///< a random rectangle, half of them flipped, colours and brightness changed; else the largest one in the middle
};

/// Rectangles are at least this part of the largest one of their aspect.
inline constexpr double least_depth_crop = 0.6;

/// Samples are [4, height, width]: red, green, blue in 0..1, and depth, 0 where it is not known. Depth is that at the middle of each pixel:
/// nothing is mixed across edges. Not usable: pairs where less than a twentieth is known.
std::shared_ptr<const SampleSet> depth_samples(std::shared_ptr<const DepthSet> pairs, const DepthSampleSettings& settings);

}  // namespace impasto
