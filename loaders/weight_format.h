// Which reader a weight file is for, by the end of its name.
#pragma once
#include <string>

namespace impasto {

enum class WeightFormat { hdf5, onnx, safetensors, pytorch, torch7 };

/// In any case: .onnx, .safetensors; .pth, .pt, .model (as PyTorch's examples call theirs) and .tar (model.pth.tar) are PyTorch's,
/// .t7 is Torch7's; whatever else is taken for HDF5.
WeightFormat weight_format(const std::string& path);

}  // namespace impasto
