// Planes in colours that people can tell apart.
#pragma once
#include "loaders/picture.h"
#include "loaders/plane.h"

namespace impasto {

/// 0 to 1 as viridis, from dark violet through green to yellow: equal steps look about equal, also to the colour-blind and in grey. Values
/// beyond are clamped. Throws Error for a NaN.   Van der Walt and Smith 2015, matplotlib's map (CC0), by nine of its colours.
Picture coloured(const Plane& plane);

}  // namespace impasto
