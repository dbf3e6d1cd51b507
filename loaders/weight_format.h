// Which reader a weight file is for, by the end of its name.
#pragma once
#include <map>
#include <string>

namespace impasto {

enum class WeightFormat { hdf5, onnx, safetensors, pytorch, torch7 };

/// .h5, .onnx, .safetensors; .pth, .pt, .model (as PyTorch's examples call theirs), .tar (model.pth.tar) and .pytorch (as pytorch-hed calls
/// its own); .t7.
const std::map<std::string, WeightFormat>& weight_file_endings();

/// By the ending, in any case; whatever has none of them is taken for HDF5.
WeightFormat weight_format(const std::string& path);

}  // namespace impasto
