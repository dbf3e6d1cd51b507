// Weight gradient of a convolution of stride 1 in f32 between many channels and few, any kernel, padding by index of any kind.
// One of x and dy is `wide`, channel-inner with L = 8 or 16 lanes, whose channels are the vectors; the other is `narrow`, of few
// channels in any layout, whose numbers meet all of them. Kernels of 3, 6, 9 ... rows can run by Winograd down the columns.
// Sums are the same bytes for any number of threads: pieces of the picture, cut by the shape alone, are summed on their own and then
// added in order. They are exact on small whole numbers without Winograd.
#pragma once
#include "kernels/cpu/direct.h"

namespace impasto {

/// shape: of the forward convolution. lanes: of x, of dy, and L. The sums of a piece must fit the cache: channels times taps below 2^16.
bool direct_weight_gradient_supports(const DirectShape& shape, const DirectLanes& lanes);

/// Bytes. Throws ShapeError if the shape is not supported.
std::size_t direct_weight_gradient_workspace(const DirectShape& shape, const DirectLanes& lanes, int threads);

/// dw [K, C, R, S] (+)= sum over pixels of dy, 0 where mask <= 0, times x. mask: laid out as dy, or null.
void direct_weight_gradient(const DirectShape& shape, const DirectLanes& lanes, const float* x, const float* dy, const float* mask,
                            float* dw, bool add, void* workspace, int threads);

}  // namespace impasto
