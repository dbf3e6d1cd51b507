// The loss by which Chen, Fu, Yang, Deng 2016 (arXiv 1604.03901, equation 1) teach depth: of two pixels, which is farther?
#pragma once
#include <span>
#include <vector>

#include "engine/variable.h"

namespace impasto {

/// Two pixels of an image, counted in row order. relation: 1 if a is farther than b, -1 if nearer, 0 if they are as far.
struct RankedPair {
  int a, b, relation;
};

/// As ranking() takes them, [N, 1, 3, P] planar on the host: P pairs of each of N images. Shorter lists are filled up with pairs that count
/// nothing.
struct RankedPairTable {
  Shape shape;
  std::vector<float> values;
};
RankedPairTable ranked_pairs(std::span<const std::vector<RankedPair>> images);

/// y [1, 1, 1, 1] = scale * the sum over all pairs of, with d = x[a] - x[b],
///   relation r = 1 or -1:   log(1 + exp(-r d))    dx[a] = -scale dy r / (1 + exp(r d)),   dx[b] = the negative
///   relation 0:             d^2                   dx[a] = 2 scale dy d,                   dx[b] = the negative
/// each pixel's summed over the pairs that it is in.   x: planar [N, 1, H, W];  pairs: planar [N, 1, 3, P], of places below H W (what lies
/// beyond is not looked for).   Throws ShapeError if they do not fit.
Variable ranking(const Variable& x, const Tensor& pairs, double scale = 1);

}  // namespace impasto
