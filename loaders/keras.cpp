// No attribute is read, neither the lists of names of Keras 2 nor the layers' own names of Keras 3 (strings of variable length): the groups
// name the same, those of Keras 3 counted in the order of the layers, and the library's reader of attributes trusts what a file says.
#include "loaders/keras.h"

#include <algorithm>
#include <sstream>

#include "loaders/hdf5_file.h"
#include "loaders/permute.h"

namespace impasto {
namespace {

using Path = std::vector<std::string>;

bool beside_the_layers(const std::string& name) {
  const std::string last = name.substr(name.rfind('/') + 1);
  return last == "optimizer" || last == "optimizer_weights" || last == "seed_generator";
}

const Profile& profile() {
  static const Profile keras{"a Keras weight file", 8, 8192, {Hdf5Type::f32, Hdf5Type::f16}, int64_t{2} << 30, beside_the_layers};
  return keras;
}

Path split(const std::string& name) {
  Path path;
  std::istringstream parts(name);
  for (std::string part; std::getline(parts, part, '/');) path.push_back(part);
  return path;
}

std::string joined(const Path& path) {
  std::string name;
  for (const std::string& part : path) name += (name.empty() ? "" : "/") + part;
  return name;
}

bool numbered(const Path& path) { return path.size() >= 2 && path[path.size() - 2] == "vars"; }

// "layers" holds the children of a container and "vars" the parameters of a layer.
std::string keras3_name(Path path) {
  path.erase(path.end() - 2);
  path.erase(std::remove(path.begin(), path.end() - 1, "layers"), path.end() - 1);
  return joined(path);
}

// "block1_conv1_W_1:0" and "kernel:0" are both the kernel.
std::string role(std::string variable, const std::string& layer) {
  variable = variable.substr(0, variable.find(':'));
  if (variable.starts_with(layer + '_')) variable = variable.substr(layer.size() + 1);
  if (variable == "W" || variable == "W_1") return "kernel";
  if (variable == "b" || variable == "b_1") return "bias";
  return variable;
}

// A layer's group repeats its name, counted up when the model was built more than once: conv/conv_2/kernel:0.
std::string keras2_name(Path path) {
  if (path.size() > 1 && path[0] == "model_weights") path.erase(path.begin());
  path.back() = role(path.back(), path.size() > 1 ? path[path.size() - 2] : "");
  if (path.size() > 2) {
    const std::string layer = path[path.size() - 3], again = path[path.size() - 2];
    const bool counted = again.starts_with(layer + '_') && again.find_first_not_of("0123456789", layer.size() + 1) == std::string::npos;
    if (again == layer || counted) path.erase(path.end() - 2);
  }
  return joined(path);
}

// Version 2 ends its variables in ":0", version 3 writing the old format nests them under "model_weights"; the very old "_W" has neither.
bool is_keras2(const std::string& name) {
  return name.find(':') != std::string::npos || name.starts_with("model_weights/") || name.ends_with("_W") || name.ends_with("_b");
}

}  // namespace

NamedArrays read_keras_weights(const std::string& path) {
  const Hdf5File file(path, profile());
  const auto& datasets = file.datasets();
  const bool keras3 = std::any_of(datasets.begin(), datasets.end(), [](const auto& entry) { return numbered(split(entry.first)); });
  const bool keras2 = std::any_of(datasets.begin(), datasets.end(), [](const auto& entry) { return is_keras2(entry.first); });
  if (!datasets.empty() && !keras3 && !keras2)
    file.fail("is neither a Keras 3 .weights.h5 nor a Keras 2 .h5 file; save the weights with save_weights");

  NamedArrays arrays;
  for (const auto& [name, dataset] : datasets) {
    const Path parts = split(name);
    if (keras3 && !numbered(parts)) file.fail(name + " does not belong in a Keras 3 .weights.h5 file; save the weights with save_weights");
    const std::string short_name = keras3 ? keras3_name(parts) : keras2_name(parts);
    Array array{dataset.shape, file.floats(name)};
    if (array.shape.size() == 4) array = permuted(array, {3, 2, 0, 1});
    if (!arrays.emplace(short_name, std::move(array)).second) file.fail(name + " is the second " + short_name + "; save the weights anew");
  }
  if (arrays.empty()) file.fail("holds no weights; save them with save_weights");
  return arrays;
}

}  // namespace impasto
