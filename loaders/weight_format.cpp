#include "loaders/weight_format.h"

#include "loaders/extension.h"

namespace impasto {

const std::map<std::string, WeightFormat>& weight_file_endings() {
  static const std::map<std::string, WeightFormat> endings{
      {".h5", WeightFormat::hdf5},     {".onnx", WeightFormat::onnx},       {".safetensors", WeightFormat::safetensors},
      {".pth", WeightFormat::pytorch}, {".pt", WeightFormat::pytorch},      {".model", WeightFormat::pytorch},
      {".tar", WeightFormat::pytorch}, {".pytorch", WeightFormat::pytorch}, {".t7", WeightFormat::torch7}};
  return endings;
}

WeightFormat weight_format(const std::string& path) {
  const auto found = weight_file_endings().find(extension(path));
  return found == weight_file_endings().end() ? WeightFormat::hdf5 : found->second;
}

}  // namespace impasto
