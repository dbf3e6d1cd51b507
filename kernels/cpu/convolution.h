// Which convolutions run by Winograd on the CPU: one rule for the backend that computes and the one that plans.
#pragma once
#include "engine/backend.h"
#include "kernels/cpu/winograd.h"

namespace impasto {

inline WinogradShape winograd_shape(const Shape& x, int k, const ConvParams& p) {
  return {x.n, x.c, k, x.h, x.w, p.pad_top, p.pad_left, p.pad_bottom, p.pad_right};
}

/// x with the convolution's borders written out.
inline Tensor padded(Backend& backend, const Tensor& x, const ConvParams& p) {
  const Shape s = x.shape();
  Tensor y(backend, {s.n, s.c, s.h + p.pad_top + p.pad_bottom, s.w + p.pad_left + p.pad_right}, x.lanes(), x.dtype());
  backend.pad(x, pads_of(p), p.padding, y);
  return y;
}

/// x: the input or its gradient, y: the output or its gradient, w: the weight's shape.
inline bool winograd_serves(const ConvParams& p, const Tensor& x, const Tensor& y, const Shape& w, int lanes) {
  const bool plain = p.padding == Padding::zero && p.stride_h == 1 && p.stride_w == 1 && p.dilation_h == 1 && p.dilation_w == 1 && p.groups == 1;
  return plain && w.h == 3 && w.w == 3 && x.lanes() == lanes && y.lanes() == lanes && x.dtype() == Dtype::f32 && y.dtype() == Dtype::f32 &&
         winograd_supports(winograd_shape(x.shape(), w.n, p), lanes);
}

}  // namespace impasto
