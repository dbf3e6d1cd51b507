// A convolution as cuDNN is asked for it, with everything that its choice of an engine depends on.
//   x [N, C, H, W], w [K, C / groups, R, S], y [N, K, P, Q], all stored channels last, C and K with their padding lanes: multiples of 8.
#pragma once
#include <string>

#include "engine/dtype.h"

namespace impasto {

/// What is computed from the other two: y, the gradient of x, or that of w.
enum class ConvolutionKind { forward, data_gradient, weight_gradient };

struct ConvolutionKey {
  ConvolutionKind kind = ConvolutionKind::forward;
  int n = 1, c = 8, h = 1, w = 1, k = 8, r = 1, s = 1;
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  int dilation_h = 1, dilation_w = 1;
  int groups = 1;
  Dtype dtype = Dtype::f32;    // of all tensors; sums are f32
  bool tf32 = false;           // products of f32 may be rounded to TF32
  bool deterministic = false;  // the same bits each time
  bool bias = false, relu = false;

  int p() const { return (h + pad_top + pad_bottom - dilation_h * (r - 1) - 1) / stride_h + 1; }
  int q() const { return (w + pad_left + pad_right - dilation_w * (s - 1) - 1) / stride_w + 1; }
  /// One line that names every field: "forward f32 x 1x64x32x32 w 64x64x3x3 stride 1x1 pads 1,1,1,1 dilation 1x1 groups 1 bias relu";
  /// pads in the order top, left, bottom, right.
  std::string text() const;
};

}  // namespace impasto
