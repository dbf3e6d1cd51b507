#include "nets/vgg_depth_file.h"

#include "engine/error.h"
#include "nets/depth_extras.h"

namespace impasto {

VggDepthWeights read_vgg_depth(const std::string& path) {
  WeightFile file = read_weight_file(path);
  if (!file.architecture.starts_with("vgg-depth"))
    throw FileError(path, "holds a network of the kind \"" + file.architecture + "\", not the depth network on VGG-16; give one of those");
  VggDepthWeights weights{path, std::move(file.architecture), preprocessing(file.preprocessing), std::move(file.parameters)};
  take_depth_extras(weights);
  return weights;
}

WeightFile vgg_depth_weight_file(const VggDepthWeights& weights) {
  WeightFile file;
  file.architecture = weights.architecture;
  file.settings = "{}";
  file.licence = file.provenance = "not stated";
  file.created_by = "impasto";
  file.preprocessing = weights.preprocessing.name;
  file.parameters = weights.parameters;
  for (const auto& [name, array] : weights.parameters) file.trainable[name] = !is_vgg_depth_constant(name);
  keep_depth_extras(weights, file);
  return file;
}

}  // namespace impasto
