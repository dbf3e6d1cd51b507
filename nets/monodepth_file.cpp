#include "nets/monodepth_file.h"

#include "engine/error.h"
#include "loaders/pytorch.h"
#include "loaders/weight_format.h"
#include "nets/renamed.h"

namespace impasto {
namespace {

MonodepthWeights read_ours(const std::string& path) {
  WeightFile file = read_weight_file(path);
  if (!file.architecture.starts_with("monodepth"))
    throw FileError(path, "holds a network of the kind \"" + file.architecture + "\", not monodepth2; give one of those");
  return {path, std::move(file.architecture), std::move(file.parameters)};
}

// "layer1/block2/conv1" is encoder.layer1.1.conv1, with its norm in encoder.layer1.1.bn1; a shortcut's are downsample.0 and .1.
std::pair<std::string, std::string> encoder_places(const std::string& name) {
  if (name == "conv1") return {"encoder.conv1", "encoder.bn1"};
  const size_t block = name.find("/block"), part = name.find('/', block + 1);
  const int number = std::stoi(name.substr(block + 6, part - block - 6));
  const std::string at = "encoder." + name.substr(0, block) + '.' + std::to_string(number - 1) + '.', last = name.substr(part + 1);
  if (last == "shortcut") return {at + "downsample.0", at + "downsample.1"};
  return {at + last, at + "bn" + last.back()};
}

// The decoder's are numbered in the order of use, the disparities from 10 on.
void add_decoder(Renaming& names, const std::string& name, int number) {
  const std::string at = "decoder." + std::to_string(number) + (name == "dispconv0" ? ".conv." : ".conv.conv.");
  for (const char* part : {"weight", "bias"}) names.emplace_back(at + part, name + '/' + part);
}

}  // namespace

MonodepthWeights monodepth_from_state_dicts(NamedArrays theirs, const std::string& source) {
  std::erase_if(theirs, [](const auto& entry) {
    const std::string& name = entry.first;
    return name.starts_with("encoder.fc.") || name.starts_with("decoder.11.") || name.starts_with("decoder.12.") ||
           name.starts_with("decoder.13.");
  });
  MonodepthWeights weights{source, theirs.contains("encoder.layer1.0.conv3.weight") ? "monodepth50" : "monodepth18"};
  const auto first = theirs.find("encoder.conv1.weight");
  if (first != theirs.end() && first->second.shape.size() == 4 && first->second.shape[0] != 64)
    weights.architecture += ':' + std::to_string(first->second.shape[0]);
  Renaming names;
  int decoder = 0;
  for (const MonodepthConvolution& c : monodepth_convolutions(monodepth_architecture(weights.architecture))) {
    if (!c.normed) {
      add_decoder(names, c.name, decoder++);
      continue;
    }
    const auto [convolution, norm] = encoder_places(c.name);
    names.emplace_back(convolution + ".weight", c.name + "/weight");
    for (const auto& [from, to] :
         {std::pair{".weight", "/gamma"}, {".bias", "/beta"}, {".running_mean", "/running_mean"}, {".running_var", "/running_var"}})
      names.emplace_back(norm + from, c.name + to);
  }
  weights.parameters = renamed(std::move(theirs), names, "monodepth2");
  return weights;
}

MonodepthWeights read_monodepth(const std::vector<std::string>& paths) {
  const std::string all = paths.size() == 2 ? paths[0] + " and " + paths[1] : paths.at(0);
  if (paths.size() == 1 && weight_format(paths[0]) == WeightFormat::hdf5) return read_ours(paths[0]);
  if (paths.size() != 2 || weight_format(paths[0]) != WeightFormat::pytorch || weight_format(paths[1]) != WeightFormat::pytorch)
    throw UsageError(all + ": monodepth2 lies in two files, encoder.pth and depth.pth; give both");
  NamedArrays arrays;
  for (const std::string& path : paths) arrays.merge(read_state_dict(path).arrays);
  try {
    return monodepth_from_state_dicts(std::move(arrays), all);
  } catch (const Error& error) {
    throw FileError(all, error.what());
  }
}

WeightFile monodepth_weight_file(const MonodepthWeights& weights) {
  WeightFile file;
  file.architecture = weights.architecture;
  file.settings = "{}";
  file.licence = file.provenance = "not stated";
  file.created_by = "impasto";
  file.preprocessing = "unit";
  file.parameters = weights.parameters;
  for (const auto& [name, array] : weights.parameters) file.trainable[name] = name.find("/running_") == std::string::npos;
  return file;
}

}  // namespace impasto
