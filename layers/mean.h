// Sums and means over everything, and over the pixels of each plane.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// The sum of all elements, [1, 1, 1, 1].   dx = dy everywhere
Variable sum(const Variable& x);
/// The mean of all elements, [1, 1, 1, 1].   dx = dy / (N C H W) everywhere
Variable mean(const Variable& x);
/// The mean of each plane, [N, C, 1, 1] planar (global average pooling; the style target "mean" of fast-neural-style).
///   dx = dy / (H W), the same at each pixel of the plane
Variable spatial_mean(const Variable& x);

}  // namespace impasto
