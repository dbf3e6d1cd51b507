// Whether a painted picture keeps the photo's depth: both as one network sees them, larger is farther, in no unit.
#pragma once
#include <cstdint>

#include "loaders/plane.h"

namespace impasto {

/// mean((D - D_photo)^2), each map first brought to 0..1 by its least and greatest depth.   Throws ShapeError if the sizes differ.
double depth_error(const Plane& photo, const Plane& result);

struct DepthOrder {
  int pairs = 10'000;
  double least = 0.02;  ///< how far apart a pair's depths are in the photo, at least, as a part of its map's range
  uint64_t seed = 0;
};

/// Of random pairs of pixels whose depths differ in the photo the share that is in the same order in the result, 0..1; equal depths there
/// are in no order. Half is what chance gives. Fewer pairs are looked at where one in a hundred drawn differs or fewer; NaN if none does.
/// Throws ShapeError if the sizes differ.   Ordinal agreement: Chen, Fu, Yang, Deng 2016 (NIPS), 1 - WHDR on drawn pairs.
double depth_order(const Plane& photo, const Plane& result, const DepthOrder& how = {});

/// Of random pairs of places whose depth is known (above 0) and differs by more than 2 %, the share that is in another order in the guess;
/// equal guesses count half. Half is what chance gives; NaN if no pair was found.   Throws ShapeError if the sizes differ.
double wrong_order(const Plane& known, const Plane& guess, int pairs, uint64_t seed);

}  // namespace impasto
