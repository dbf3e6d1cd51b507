// Convolutions with fewer multiplications: the Winograd engine. One driver runs every scheme of winograd_scheme.h:
//   3x3 of stride 1                  F(4x4, 3x3) or F(6x6, 3x3); gradients F(4x4, 3x3)
//   kernels up to 12x12, stride 1    cut into pieces of 3, 4 or 5 taps a side, whichever costs least
//   3x3 of stride 2; nearest x2 and 3x3 in one
// forward, data gradient and weight gradient, each with its padding by index: borders are read where they come from, and what the
// gradient leaves in a reflected or repeated border is added to where it came from before the tile is written.
// Activations are channel-inner [N, ceil(C/L), H, W, L] with L = 8 or 16 lanes, whose padding lanes are zero and stay zero;
// weights come as planar [K, C, R, R] and are packed (transformed) once, so that a frozen network does it once in its life.
// Nothing large is allocated here: the caller lends the workspace, a few MB (the weight gradient's also holds its sums). Results are the
// same bytes at every run and for any number of threads. Lavin and Gray 2016.
#pragma once
#include <cstddef>
#include <string>

#include "engine/backend.h"

namespace impasto {

/// A convolution of [N, C, H, W], each pixel `upsample` times each way first, by [K, C, kernel, kernel].
struct WinogradShape {
  int n, c, k, h, w;
  int kernel = 3, stride = 1, upsample = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  Padding padding = Padding::zero;

  int out_h() const { return (upsample * h + pad_top + pad_bottom - kernel) / stride + 1; }
  int out_w() const { return (upsample * w + pad_left + pad_right - kernel) / stride + 1; }
};

/// forward: x to y; data_gradient: dy to dx, both of the shape's convolution.
enum class WinogradPass { forward, data_gradient };

bool winograd_supports(WinogradPass pass, const WinogradShape& shape, int lanes);
bool winograd_supports_weight_gradient(const WinogradShape& shape, int lanes);
/// Whether moments can be had in the same pass.
bool winograd_supports_moments(const WinogradShape& shape, int lanes);

/// How the input is taken: as max(scale x + shift, 0) or scale x + shift, pads around that.
struct WinogradInput {
  const float *scale = nullptr, *shift = nullptr;  // [C], or [N, C] if by_image
  bool by_image = false, relu = false;
};

/// y = relu([y +] conv(x where mask > 0) [+ bias])
struct WinogradFusion {
  WinogradInput input = {};
  const float* mask = nullptr;  // laid out as x: an input counts as 0 where mask <= 0; the ReLU's gradient, if x is dy and mask the saved y
  const float* bias = nullptr;  // [K]
  bool add = false;             // to what y holds already
  bool relu = false;
  float *mean = nullptr, *variance = nullptr;  // [N, K], biased, of y as written
};

/// f32, or 16-bit fixed point with steps taken from the numbers themselves (winograd_pairs.h): with AVX2 1.1 to 1.6 times as fast, most with
/// many channels. The relative L2 error grows up to 64 channels: 2e-4 to 8e-4 by F(4x4, 3x3), 1e-3 to 3e-3 by F(6x6, 3x3) and for wide
/// kernels, below 3e-4 for stride 2 and upsampling. Transforms and all that is fused are f32 in either case.
enum class WinogradProducts { f32, pairs };

/// The transformed weights: winograd_packed_size floats, best at a multiple of 64 bytes, from oihw [K, C, kernel, kernel]. The key tells
/// apart what the same weights may be packed as. All of these throw ShapeError if the shape is not supported.
std::string winograd_weights_key(WinogradPass pass, const WinogradShape& shape, WinogradProducts products);
std::size_t winograd_packed_size(WinogradPass pass, const WinogradShape& shape, int lanes);
void winograd_pack_weights(WinogradPass pass, const WinogradShape& shape, int lanes, const float* oihw, float* packed);
/// From these the 16-bit ones: winograd_pairs_bytes.
std::size_t winograd_pairs_bytes(WinogradPass pass, const WinogradShape& shape, int lanes);
void winograd_pack_pairs(WinogradPass pass, const WinogradShape& shape, int lanes, const float* packed, void* pairs);

/// Throw ShapeError if the shape is not supported. Any threads there are (`threads` at most) give the same bytes.
/// workspace: winograd_workspace bytes for the same shape, lanes and threads; its contents do not matter.
std::size_t winograd_workspace(WinogradPass pass, const WinogradShape& shape, int lanes, WinogradProducts products, int threads);
void winograd_convolve(WinogradPass pass, const WinogradShape& shape, int lanes, WinogradProducts products, const float* x,
                       const void* packed, float* y, const WinogradFusion& fusion, void* workspace, int threads);

/// dw [K, C, kernel, kernel] is written, or added to. `mask` (laid out as dy; may be null): dy counts as 0 where mask <= 0. Throw
/// ShapeError if the shape is not supported.
std::size_t winograd_weight_gradient_workspace(const WinogradShape& shape, int lanes);
void winograd_weight_gradient(const WinogradShape& shape, int lanes, const float* x, const WinogradInput& input, const float* dy,
                              const float* mask, float* dw, bool add, void* workspace, int threads);

}  // namespace impasto
