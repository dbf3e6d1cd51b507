// Transposed convolution ("deconvolution"): the learned upsampling of the older style networks.
#pragma once
#include "engine/variable.h"

namespace impasto {

struct ConvTranspose2dOptions {
  int stride = 1;
  int pad = 0;         // cut from all four sides of y
  int output_pad = 0;  // more rows and columns of y at the bottom and right, less than stride; negative: fewer (TensorFlow's SAME)
  int dilation = 1;
  int groups = 1;
};

/// The transpose (adjoint) of conv2d as a linear map.
///   x: [N, C, H, W];   weight: [C, K/groups, R, S], torch's order;   bias: [1, K, 1, 1] or undefined;   y: [N, K, P, Q]
///   y[n,k,p,q]  = bias[k] + sum of weight[c,k,r,s] x[n,c,h,w] over all c, h, w, r, s with
///                 p = h stride + r dilation - pad,  q = w stride + s dilation - pad
///   dx          = conv2d(dy, weight) with the same stride, pad, dilation and groups
///   dweight     = sum_nhw x[n,c,h,w] dy[n, k, h stride + r dilation - pad, w stride + s dilation - pad];   dbias = sum_npq dy
///   P = (H - 1) stride - 2 pad + dilation (R - 1) + output_pad + 1;   Q alike
/// Throws ShapeError if weight, bias, groups or output_pad do not fit.
/// Zeiler et al. 2010; Dumoulin and Visin 2016. Kernels that stride does not divide paint checkerboards: Odena et al. 2016.
Variable conv_transpose2d(const Variable& x, const Variable& weight, const Variable& bias = {}, const ConvTranspose2dOptions& options = {});

/// The shape of y; throws as conv_transpose2d does.
Shape conv_transpose2d_shape(const Shape& x, const Shape& weight, const ConvTranspose2dOptions& options);

}  // namespace impasto
