// A feed-forward style network as a complete ONNX graph, for programs that are not ours.
#pragma once
#include "loaders/onnx.h"
#include "nets/transform.h"

namespace impasto {

/// Operators of ONNX 17.  image: [1, 3, h, w] in what the network was trained on, (pixel of 0..255 - mean) * scale by its preprocessing: RGB 0..1
/// for "unit", RGB 0..255 for "byte";  style_weights: [styles], for conditional networks, weights that sum to 1;
/// painting: [1, 3, H, W] in the same units, of the size that the architecture gives.
/// Initialisers have the names of the parameters; the metadata is that of nets/transform_metadata.h. read_transform reads it back.
OnnxModel transform_onnx(const TransformWeights& weights);

}  // namespace impasto
