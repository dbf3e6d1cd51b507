// Convolution, with bias and ReLU fused where they are wanted.
#pragma once
#include <optional>

#include "layers/deferred_norm.h"

namespace impasto {

struct Conv2dOptions {
  int stride = 1;
  int pad = 0;                              // on all four sides
  std::optional<Pads> pads = std::nullopt;  // side by side, instead of pad (TensorFlow's SAME is asymmetric)
  Padding padding = Padding::zero;          // what stands in the pads: as pad() in layers/pad.h would put it there
  int upsample = 1;                         // 2: as upsample_nearest(x, 2) in layers/upsample.h, before the pads, which count its pixels
  int dilation = 1;
  int groups = 1;
  bool relu = false;  // y = max(y, 0), in the same pass
  ConvParams params() const;
};

/// Convolution (the field's: correlation).
///   x: [N, C, H, W];   weight: [K, C/groups, R, S];   bias: [1, K, 1, 1] or undefined;   y: [N, K, P, Q]
///   y[n,k,p,q]  = bias[k] + sum_crs weight[k,c,r,s] x[n, c, p stride + r dilation - top, q stride + s dilation - left]
///   dweight     = sum_npq dy[n,k,p,q] x[n, c, p stride + r dilation - top, q stride + s dilation - left]
///   dx[n,c,h,w] = sum of weight[k,c,r,s] dy[n,k,p,q] over all k, r, s, p, q that read (h, w);   dbias = sum_npq dy
/// A fused ReLU: y = max(y, 0), and dy counts as 0 where y <= 0. Upsampled, or with reflected or repeated pads: x above stands for
/// pad(upsample_nearest(x)), and dx is what pad's gradient and then upsample_nearest's make of that of this; nothing of it is written out
/// where a kernel can find it by index.
///   P = floor((upsample H + top + bottom - dilation (R - 1) - 1) / stride) + 1;   Q alike
/// y has the lanes its backend likes for K channels, and x's dtype. Inputs without a gradient cost nothing, and keep nothing alive.
/// Throws ShapeError if weight, bias or groups do not match x, the kernel does not fit into it, a border cannot be reflected, or upsample
/// is neither 1 nor 2.
/// Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning".
/// x may be an activation whose norm is still to be applied: then it stands for that, and dx, dgamma and dbeta are the norm's.
/// One that was moved in is given up under NoGrad.
Variable conv2d(Normed x, const Variable& weight, const Variable& bias = {}, const Conv2dOptions& options = {});
/// The same with every number free: strides, dilations and pads that differ by side.
Variable conv2d(Normed x, const Variable& weight, const Variable& bias, const ConvParams& params, bool relu);
/// The same with the moments of y, for the norm that follows.
Measured measured_conv2d(Normed x, const Variable& weight, const Variable& bias = {}, const Conv2dOptions& options = {});

/// The shape of y; throws as conv2d does.
Shape conv2d_shape(const Shape& x, const Shape& weight, const ConvParams& params);

}  // namespace impasto
