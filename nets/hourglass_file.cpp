#include "nets/hourglass_file.h"

#include <algorithm>
#include <map>

#include "engine/error.h"
#include "loaders/pytorch.h"
#include "loaders/weight_format.h"
#include "nets/depth_extras.h"
#include "nets/hourglass_architecture.h"
#include "nets/renamed.h"

namespace impasto {
namespace {

// Where a convolution stands among nested containers, "3.0.1.0.1.3", by its name of ours; its norm stands behind it.
class Places {
 public:
  Places() {
    all["stem"] = "0";
    level(4, "3");
    all["head"] = "4";
  }

  std::map<std::string, std::string> all;

 private:
  // {{deep, skip}, sum}; the two inner levels have the skip path first.
  void level(size_t number, const std::string& at) {
    const HourglassLevel& level = hourglass_level(number);
    const std::string name = "level" + std::to_string(number), deep = at + (number > 2 ? ".0.0" : ".0.1"),
                      skip = at + (number > 2 ? ".0.1" : ".0.0");
    chain(name + "/skip", level.skip, 1, skip, 0);
    const size_t before = level.before.size(), inner = before + 1;  // a pooling is in front
    chain(name + "/deep", level.before, 1, deep, 1);
    if (number > 1) this->level(number - 1, deep + '.' + std::to_string(inner));
    chain(name + "/deep", level.after, inner, deep, inner + 1);
  }

  void chain(const std::string& name, std::string_view kinds, size_t number, const std::string& at, size_t place) {
    for (const char kind : kinds) {
      const std::string module = at + '.' + std::to_string(place++), ours = name + std::to_string(number++);
      all[ours + "/1x1"] = module + ".0.0";
      int branch = 1;
      for (const InceptionBranch& wide : inception_module(kind).branches) {
        all[ours + '/' + wide.name() + "/in"] = module + '.' + std::to_string(branch) + ".0";
        all[ours + '/' + wide.name() + "/out"] = module + '.' + std::to_string(branch++) + ".3";
      }
    }
  }
};

std::string behind(const std::string& place) {
  const size_t dot = place.rfind('.') + 1;  // 0 if there is none
  return place.substr(0, dot) + std::to_string(std::stoi(place.substr(dot)) + 1);
}

HourglassWeights read_ours(const std::string& path) {
  WeightFile file = read_weight_file(path);
  if (file.architecture != "hourglass")
    throw FileError(path, "holds a network of the kind \"" + file.architecture + "\", not the depth hourglass; give one of those");
  HourglassWeights weights{path, std::move(file.parameters)};
  take_depth_extras(weights);
  return weights;
}

}  // namespace

NamedArrays hourglass_from_state_dict(const NamedArrays& theirs) {
  const std::map<std::string, std::string> places = Places().all;
  Renaming names;
  for (const HourglassConvolution& c : hourglass_convolutions()) {
    const std::string place = places.at(c.name), norm = behind(place);
    for (const char* part : {"weight", "bias"}) names.emplace_back(place + '.' + part, c.name + '/' + part);
    for (const char* part : {"running_mean", "running_var"})
      if (c.normed) names.emplace_back(norm + '.' + part, c.name + '/' + part);
    if (c.affine) names.emplace_back(norm + ".weight", c.name + "/gamma");
    if (c.affine) names.emplace_back(norm + ".bias", c.name + "/beta");
  }
  return renamed(theirs, names, "the depth hourglass");
}

HourglassWeights read_hourglass(const std::string& path) {
  try {
    switch (weight_format(path)) {
      case WeightFormat::pytorch:
        return {path, hourglass_from_state_dict(read_state_dict(path).arrays)};
      case WeightFormat::torch7:
        return {path, hourglass_from_torch7(Torch7File(path))};
      default:
        return read_ours(path);
    }
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FileError(path, error.what());
  }
}

WeightFile hourglass_weight_file(const HourglassWeights& weights) {
  WeightFile file;
  file.architecture = "hourglass";
  file.settings = "{}";
  file.licence = file.provenance = "not stated";
  file.created_by = "impasto";
  file.preprocessing = "unit";
  file.parameters = weights.parameters;
  for (const auto& [name, array] : weights.parameters) file.trainable[name] = !is_hourglass_statistic(name);
  keep_depth_extras(weights, file);
  return file;
}

}  // namespace impasto
