// AdaIN as an ONNX graph, encoder and decoder in one.
#pragma once
#include "loaders/onnx.h"
#include "nets/adain.h"

namespace impasto {

/// Inputs: image [1, 3, h, w], red, green, blue of 0..1, and of the painting style_mean and style_deviation [C] of relu4_1; output:
/// painting [1, 3, H, W], its sides rounded up to multiples of 8, not clamped.
OnnxModel adain_onnx(const VggWeights& encoder, const AdainWeights& decoder);

}  // namespace impasto
