// Passes over whole activations that stand in for what a convolution kernel does not do by itself, before it or after. Their results
// come from the backend's pool, in the layout of what they are made from.
#pragma once
#include "engine/backend.h"

namespace impasto {

/// What ConvInput makes of x; in x's own place if nobody reads x afterwards.
inline Tensor normed(Backend& backend, const Tensor& x, const ConvInput& in) {
  Tensor y = in.overwrite ? x : Tensor(backend, x.shape(), x.lanes(), x.dtype());
  backend.scale_shift(x, in.scale, in.shift, in.relu, nullptr, y);
  return y;
}

inline Tensor upsampled(Backend& backend, const Tensor& x, const ConvParams& params) {
  Tensor y(backend, upsampled_shape(x.shape(), params), x.lanes(), x.dtype());
  backend.upsample_nearest(x, params.upsample, y);
  return y;
}

/// With its borders written out. x is upsampled already.
inline Tensor padded(Backend& backend, const Tensor& x, const ConvParams& params) {
  Tensor y(backend, padded_shape(x.shape(), params), x.lanes(), x.dtype());
  backend.pad(x, pads_of(params), params.padding, y);
  return y;
}

/// dy with zeros where the mask, if there is one, is not positive.
inline Tensor masked(Backend& backend, const Tensor& dy, const Tensor* mask) {
  if (!mask) return dy;
  Tensor y(backend, dy.shape(), dy.lanes(), dy.dtype());
  backend.unary_backward(Unary::relu, 0, 0, *mask, *mask, dy, {y});
  return y;
}

}  // namespace impasto
