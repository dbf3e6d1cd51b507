// 3x3 convolution of stride 1 by Winograd F(4x4, 3x3) in f32: forward, data gradient and weight gradient.
// Activations are channel-inner [N, ceil(C/L), H, W, L] with L = 8 or 16 lanes, whose padding lanes are zero and stay zero;
// weights come as planar [K, C, 3, 3] and are packed (transformed) once, so that a frozen network does it once in its life.
// Nothing is allocated here: the caller lends the workspace, a few MB (the weight gradient's also holds 36 C K sums). Results are the same
// bytes at every run and for any number of threads. Lavin and Gray 2016.
#pragma once
#include <cstddef>

#include "engine/backend.h"

namespace impasto {

/// A convolution of [N, C, H, W] to [N, K, H + top + bottom - 2, W + left + right - 2], padded by 0 to 2 pixels a side; the gradients
/// know zeros only.
struct WinogradShape {
  int n, c, k, h, w;
  int pad_top, pad_left, pad_bottom, pad_right;
  Padding padding = Padding::zero;

  int out_h() const { return h + pad_top + pad_bottom - 2; }
  int out_w() const { return w + pad_left + pad_right - 2; }
};

/// What is done with the sums on their way out, and with the input on its way in:  y = relu([y +] conv(x where mask > 0) [+ bias]).
struct WinogradFusion {
  const float* bias = nullptr;  // [K]
  bool add = false;             // to what y holds already
  bool relu = false;
  const float* mask = nullptr;  // laid out as x: an input counts as 0 where mask <= 0; the ReLU's gradient, if x is dy and mask the saved y
};

bool winograd_supports(const WinogradShape& shape, int lanes);

/// The convolution that turns dy of `shape` into dx: run it with weights packed for the data gradient.
WinogradShape winograd_data_gradient(const WinogradShape& shape);

/// Transforms oihw [k, c, 3, 3]. For the data gradient the kernels are turned round and c and k change places.
/// packed: winograd_packed_size floats (of either kind), best at a multiple of 64 bytes.
std::size_t winograd_packed_size(int k, int c, int lanes);
void winograd_pack_weights(const float* oihw, int k, int c, bool for_data_gradient, int lanes, float* packed);

/// Throws ShapeError if the shape is not supported. Any threads there are (`threads` at most) give the same bytes.
/// workspace: winograd_workspace bytes for the same shape, lanes and threads; its contents do not matter.
std::size_t winograd_workspace(const WinogradShape& shape, int lanes, int threads);
void winograd_convolve(const WinogradShape& shape, int lanes, const float* x, const float* packed, float* y, const WinogradFusion& fusion,
                       void* workspace, int threads);

/// dw [K, C, 3, 3] is written, or added to. `mask` (laid out as dy; may be null): dy counts as 0 where mask <= 0.
std::size_t winograd_weight_gradient_workspace(const WinogradShape& shape, int lanes);
void winograd_weight_gradient(const WinogradShape& shape, int lanes, const float* x, const float* dy, const float* mask, float* dw,
                              bool add, void* workspace, int threads);

}  // namespace impasto
