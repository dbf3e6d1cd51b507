#include "nets/adain_file.h"

#include <cmath>

#include "engine/error.h"
#include "loaders/pytorch.h"
#include "loaders/safetensors.h"
#include "loaders/weight_format.h"
#include "nets/renamed.h"

namespace impasto {
namespace {

const std::string ours = "adain:";

void add_layer(Renaming& names, int place, const std::string& name) {
  for (const char* part : {"weight", "bias"}) names.emplace_back(std::to_string(place) + '.' + part, name + '/' + part);
}

NamedArrays read_theirs(const std::string& path) {
  return weight_format(path) == WeightFormat::safetensors ? read_safetensors(path).arrays : read_state_dict(path).arrays;
}

AdainWeights read_ours(const std::string& path) {
  WeightFile file = read_weight_file(path);
  if (!file.architecture.starts_with(ours))
    throw FileError(path, "holds a network of the kind \"" + file.architecture + "\", not a decoder of AdaIN; give one of those");
  return {path, vgg_architecture(file.architecture.substr(ours.size())), std::move(file.parameters)};
}

// x 255, red and blue exchanged, Caffe's mean taken away.
void check_preprocessing(const Array& weight, const Array& bias) {
  const std::array<double, 3>& mean = preprocessing("caffe").mean;
  bool fits = weight.values.size() == 9 && bias.values.size() == 3;
  for (size_t k = 0; fits && k < 3; k++) {
    fits = std::abs(bias.values[k] + mean[k]) < 1e-2;
    for (size_t c = 0; c < 3; c++) fits = fits && std::abs(weight.values[3 * k + c] - (k + c == 2 ? 255 : 0)) < 1e-2;
  }
  if (!fits) throw ShapeError("its first convolution is not Caffe's preprocessing of pictures of 0..1");
}

}  // namespace

NamedArrays adain_from_state_dict(const NamedArrays& theirs) {
  const int places[] = {1, 5, 8, 11, 14, 18, 21, 25, 28};  // pads and ReLUs stand between
  const auto convolutions = adain_decoder(vgg_architecture("vgg19"));
  Renaming names;
  for (size_t i = 0; i < convolutions.size(); i++) add_layer(names, places[i], convolutions[i].first);
  return renamed(theirs, names, "the decoder of pytorch-AdaIN");
}

AdainWeights read_adain(const std::string& path) {
  try {
    if (weight_format(path) == WeightFormat::hdf5) return read_ours(path);
    return {path, vgg_architecture("vgg19"), adain_from_state_dict(read_theirs(path))};
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FileError(path, error.what());
  }
}

WeightFile adain_weight_file(const AdainWeights& weights) {
  WeightFile file;
  file.architecture = ours + weights.encoder.name;
  file.settings = "{}";
  file.licence = file.provenance = "not stated";
  file.created_by = "impasto";
  file.preprocessing = "unit";
  file.parameters = weights.decoder;
  if (file.parameters.contains("features/scale")) file.trainable["features/scale"] = false;
  return file;
}

NamedArrays adain_encoder_from_state_dict(const NamedArrays& theirs) {
  const int places[] = {2, 5, 9, 12, 16, 19, 22, 25, 29, 32, 35, 38, 42, 45, 48, 51};  // pads, ReLUs and poolings stand between
  const VggArchitecture vgg = vgg_architecture("vgg19");
  Renaming names;
  add_layer(names, 0, "colours");
  const int* place = places;
  for (size_t b = 0; b < vgg.blocks.size(); b++)
    for (size_t c = 0; c < vgg.blocks[b].size(); c++)
      add_layer(names, *place++, "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1));
  NamedArrays arrays = renamed(theirs, names, "the encoder of pytorch-AdaIN");
  check_preprocessing(arrays.at("colours/weight"), arrays.at("colours/bias"));
  arrays.erase("colours/weight");
  arrays.erase("colours/bias");
  return arrays;
}

VggWeights read_adain_encoder(const std::string& path) {
  try {
    return {path, vgg_architecture("vgg19"), preprocessing("caffe"), adain_encoder_from_state_dict(read_theirs(path))};
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FileError(path, error.what());
  }
}

}  // namespace impasto
