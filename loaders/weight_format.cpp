#include "loaders/weight_format.h"

#include <map>

#include "loaders/extension.h"

namespace impasto {

WeightFormat weight_format(const std::string& path) {
  static const std::map<std::string, WeightFormat> formats{
      {".onnx", WeightFormat::onnx},    {".safetensors", WeightFormat::safetensors}, {".pth", WeightFormat::pytorch}, {".pt", WeightFormat::pytorch},
      {".model", WeightFormat::pytorch}, {".tar", WeightFormat::pytorch},            {".t7", WeightFormat::torch7}};
  const auto found = formats.find(extension(path));
  return found == formats.end() ? WeightFormat::hdf5 : found->second;
}

}  // namespace impasto
