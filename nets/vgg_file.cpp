#include "nets/vgg_file.h"

#include "loaders/keras.h"
#include "loaders/weight_file.h"
#include "nets/vgg_names.h"

namespace impasto {
namespace {

VggWeights read_ours(const std::string& path) {
  WeightFile file = read_weight_file(path);
  if (!file.architecture.starts_with("vgg"))
    throw FileError(path, "holds a network of the kind \"" + file.architecture + "\", not VGG; give a VGG-16 or VGG-19");
  return {path, vgg_architecture(file.architecture), preprocessing(file.preprocessing), std::move(file.parameters)};
}

VggWeights read_keras(const std::string& path) {
  const NamedArrays keras = read_keras_weights(path);
  NamedArrays vgg = vgg_from_keras(keras);
  const bool is19 = vgg.contains("conv3_4/weight"), is_hed = keras.contains("block1/conv2d/0");
  return {path, vgg_architecture(is19 ? "vgg19" : "vgg16"), preprocessing(is_hed ? "hed" : "caffe"), std::move(vgg)};
}

}  // namespace

VggWeights read_vgg(const std::string& path) {
  try {
    return is_weight_file(path) ? read_ours(path) : read_keras(path);
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FileError(path, error.what());
  }
}

}  // namespace impasto
