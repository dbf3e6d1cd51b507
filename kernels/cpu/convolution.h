// Which of our own kernels serve a convolution on the CPU, and what these do by themselves: one rule each for the backend that
// computes and the one that plans. Winograd first, then the direct kernels where they beat oneDNN, then oneDNN, of a padded copy where
// pads are not zeros. Which passes this leaves over is in kernels/cpu/convolutions.cpp.
#pragma once
#include <string>

#include "kernels/cpu/backend.h"
#include "kernels/cpu/direct.h"
#include "kernels/cpu/direct_weight_gradient.h"
#include "kernels/cpu/winograd.h"

namespace impasto {

/// Lanes of an activation on a backend of `lanes`: planar where padding would be half of a blocked tensor, or more.
inline int activation_lanes(int channels, int lanes) { return 2 * channels <= lanes || lanes == 1 ? 1 : lanes; }

inline bool plain_f32(const ConvParams& p, const Tensor& x, const Tensor& y) {
  return p.dilation_h == 1 && p.dilation_w == 1 && p.groups == 1 && x.dtype() == Dtype::f32 && y.dtype() == Dtype::f32;
}

inline WinogradShape winograd_shape(const Shape& x, const Shape& w, const ConvParams& p) {
  return {x.n, x.c, w.n, x.h, x.w, w.h, p.stride_h, p.upsample, p.pad_top, p.pad_left, p.pad_bottom, p.pad_right, p.padding};
}

/// A convolution as it was asked for: x the input or its gradient, y the output or its gradient, w the weight's shape.
struct Convolution {
  const ConvParams& params;
  const Tensor &x, &y;
  Shape w;
  const CpuOptions& options;
};

/// Whether the Winograd engine might serve; whether it does depends on the pass.
inline bool winograd_might_serve(const Convolution& c) {
  const int lanes = c.options.lanes;
  return c.options.winograd && plain_f32(c.params, c.x, c.y) && c.w.h == c.w.w && c.params.stride_h == c.params.stride_w &&
         c.x.lanes() == lanes && c.y.lanes() == lanes;
}
inline bool winograd_serves(WinogradPass pass, const Convolution& c) {
  return winograd_might_serve(c) && winograd_supports(pass, winograd_shape(c.x.shape(), c.w, c.params), c.options.lanes);
}
inline bool winograd_serves_weight_gradient(const Convolution& c) {
  return winograd_might_serve(c) && winograd_supports_weight_gradient(winograd_shape(c.x.shape(), c.w, c.params), c.options.lanes);
}

/// With few channels to sum over, rounding them costs what shorter numbers save.
inline WinogradProducts winograd_products(const CpuOptions& options, int channels) {
  return options.fast && channels >= 48 ? WinogradProducts::pairs : WinogradProducts::f32;
}

/// A direct convolution of x to y, and the name of its weights among those derived from w.
struct DirectConvolution {
  DirectShape shape;
  DirectLanes lanes;
  bool turned;

  std::string weights_key() const {
    return std::string("direct ") + (shape.winograd ? "winograd " : "") + (turned ? "data gradient " : "forward ") + std::to_string(lanes.y);
  }
};

inline DirectLanes direct_lanes(const Tensor& x, const Tensor& y, int lanes) {
  return {x.lanes(), y.lanes(), y.lanes() > 1 ? y.lanes() : lanes > 1 ? lanes : cpu_lanes()};
}

/// winograd: down the columns of tall kernels; for three rows alone the way there and back costs what it saves.
inline DirectConvolution direct_forward(const ConvParams& p, const Tensor& x, const Tensor& y, const Shape& w, int lanes, bool winograd) {
  const Shape s = x.shape();
  DirectShape shape{s.n, s.c, w.n, s.h, s.w, w.h, w.w, p.stride_h, p.stride_w, p.pad_top, p.pad_left, p.pad_bottom, p.pad_right, p.padding};
  shape.winograd = winograd && w.h > 3 && direct_winograd_suits(shape);
  return {shape, direct_lanes(x, y, lanes), false};
}
inline DirectConvolution direct_data_gradient(const ConvParams& p, const Tensor& dx, const Tensor& dy, const Shape& w, int lanes,
                                              bool winograd) {
  return {direct_data_gradient(direct_forward(p, dx, dy, w, lanes, winograd).shape), direct_lanes(dy, dx, lanes), true};
}

/// All but zero padded convolutions by small kernels between blocked tensors, where oneDNN's are at least as good. It has plain loops
/// for few planar channels, GEMM (by way of copies, and not the same bytes for every batch) for planar inputs and wide kernels, and
/// other pads than zeros would have to be written out for it.
inline bool direct_serves(const ConvParams& p, const Tensor& x, const Tensor& y, const Shape& w, int lanes) {
  const DirectConvolution direct = direct_forward(p, x, y, w, lanes, false);
  const bool better = x.lanes() != y.lanes() || y.lanes() == 1 || p.padding != Padding::zero || w.w > 7;
  return better && p.upsample == 1 && plain_f32(p, x, y) && direct_supports(direct.shape, direct.lanes);
}
inline bool direct_serves_data_gradient(const ConvParams& p, const Tensor& dx, const Tensor& dy, const Shape& w, int lanes) {
  const DirectConvolution direct = direct_data_gradient(p, dx, dy, w, lanes, false);
  const bool better = dx.lanes() != dy.lanes() || dx.lanes() == 1 || w.w > 7;
  return better && p.upsample == 1 && plain_f32(p, dx, dy) && p.stride_h == 1 && p.stride_w == 1 && p.padding == Padding::zero &&
         direct_supports(direct.shape, direct.lanes);
}

/// Any padding. Between many channels and few oneDNN has plain loops.
inline bool direct_serves_weight_gradient(const ConvParams& p, const Tensor& x, const Tensor& dy, const Shape& w, int lanes) {
  const DirectConvolution direct = direct_forward(p, x, dy, w, lanes, false);
  const bool better = x.lanes() != dy.lanes() || w.w > 7;
  return better && p.upsample == 1 && plain_f32(p, x, dy) && direct_weight_gradient_supports(direct.shape, direct.lanes);
}

// Whether the kernel that will serve a convolution does by itself what else would be a pass over a whole activation before or after.

/// Forward: ConvInput; upsampling; the moments of ConvOutput. (Pads of every kind are the kernels' own, but oneDNN's.)
inline bool forward_norms_input(const Convolution& c) { return winograd_serves(WinogradPass::forward, c); }
inline bool forward_upsamples(const Convolution& c) { return winograd_serves(WinogradPass::forward, c); }
inline bool forward_gives_moments(const Convolution& c) {
  return winograd_might_serve(c) && winograd_supports_moments(winograd_shape(c.x.shape(), c.w, c.params), c.options.lanes);
}
/// The gradient of the input: folds reflected and repeated borders back; sums up what was upsampled.
inline bool data_gradient_folds_pads(const Convolution& c) { return winograd_serves(WinogradPass::data_gradient, c); }
inline bool data_gradient_upsamples(const Convolution& c) { return winograd_serves(WinogradPass::data_gradient, c); }
/// The gradient of the weights: as forward, of pads those that are not zeros.
inline bool weight_gradient_norms_input(const Convolution& c) { return winograd_serves_weight_gradient(c); }
inline bool weight_gradient_upsamples(const Convolution& c) { return winograd_serves_weight_gradient(c); }
inline bool weight_gradient_pads(const Convolution& c) {
  return winograd_serves_weight_gradient(c) || direct_serves_weight_gradient(c.params, c.x, c.y, c.w, c.options.lanes);
}

}  // namespace impasto
