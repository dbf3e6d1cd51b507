// Direct convolution in f32 by our own kernels: any kernel of R x S, any stride, padding by index of any kind, groups 1, dilation 1.
// Each thread works on bands of output rows and keeps a ring of R prepared input rows, padded already, in its L2 cache; the
// products are small matrix products that live in the registers (direct_products.h). Kernels of 3, 6, 9 ... rows can run by Winograd
// down the columns (direct_columns.h): half the products, an error of about 1e-6 of the largest y.
// y is channel-inner with L = 8 or 16 lanes, or planar with few channels and stride 1, then vectors of L pixels are computed.
// x may be planar or have 8 or 16 lanes, whatever y has. Nothing is allocated here: the caller lends the workspace, 200 to 400 KB a
// thread (more only where the rows of many channels are more). Sums are the same bytes for any number of threads, and exact on small
// whole numbers without Winograd.
#pragma once
#include <cstddef>

#include "engine/backend.h"

namespace impasto {

/// A convolution of [N, C, H, W] by [K, C, R, S].
struct DirectShape {
  int n, c, k, h, w, r, s;
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  Padding padding = Padding::zero;
  bool winograd = false;  // down the columns; where direct_winograd_suits

  int out_h() const { return (h + pad_top + pad_bottom - r) / stride_h + 1; }
  int out_w() const { return (w + pad_left + pad_right - s) / stride_w + 1; }
};

/// Lanes of x and of y, and L, the floats computed at a time: y's lanes if it has any.
struct DirectLanes {
  int x, y, vector;
};

/// y = relu([y +] conv(x where mask > 0) [+ bias])
struct DirectFusion {
  const float* bias = nullptr;  // [K]
  bool add = false;             // to what y holds already
  bool relu = false;
  const float* mask = nullptr;  // laid out as x: an input counts as 0 where mask <= 0
};

/// Most channels of a planar y: two blocks of four sums to a vector of pixels.
inline constexpr int direct_planar_channels = 8;
bool direct_supports(const DirectShape& shape, const DirectLanes& lanes);
/// Whether the rows of the kernel and the stride allow Winograd.
bool direct_winograd_suits(const DirectShape& shape);

/// The convolution that turns dy of `shape` into dx, for stride 1 and zero padding: run it with weights packed for the data gradient.
DirectShape direct_data_gradient(const DirectShape& shape);

/// Reorders oihw [K, C, R, S] of the convolution that will be run, `turned` from those of the convolution whose data gradient it is:
/// [C, K, R, S], each kernel turned round. packed: direct_packed_size floats.
std::size_t direct_packed_size(const DirectShape& shape, const DirectLanes& lanes);
void direct_pack_weights(const DirectShape& shape, const DirectLanes& lanes, const float* oihw, bool turned, float* packed);

/// Throws ShapeError if the shape is not supported. workspace: direct_workspace bytes for the same shape, lanes and threads.
std::size_t direct_workspace(const DirectShape& shape, const DirectLanes& lanes, int threads);
void direct_convolve(const DirectShape& shape, const DirectLanes& lanes, const float* x, const float* packed, float* y,
                     const DirectFusion& fusion, void* workspace, int threads);

}  // namespace impasto
