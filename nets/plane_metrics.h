// How two planes of one size are alike, and the luminance of a picture as a plane.
#pragma once
#include "loaders/picture.h"
#include "loaders/plane.h"

namespace impasto {

/// 0.299 R + 0.587 G + 0.114 B of the file's numbers (ITU-R BT.601); alpha is left out.
Plane luminance(const Picture& picture);

/// (d - min) / (max - min); a flat plane becomes zeros.
Plane min_max(Plane plane);

/// mean((a - b)^2).   Throws ShapeError if the sizes differ.
double mean_squared_difference(const Plane& a, const Plane& b);

/// Pearson's, in -1..1; NaN if either plane is flat.   Throws ShapeError if the sizes differ.
double correlation(const Plane& a, const Plane& b);

/// Throws ShapeError unless the planes have one size, with at least one pixel.
void check_one_size(const Plane& a, const Plane& b);

}  // namespace impasto
