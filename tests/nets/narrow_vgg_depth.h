// The depth network on VGG-16 as recorded (tests/reference, vgg_depth.py): a trunk of 4 to 12 channels, weights by formula.
#pragma once
#include "nets/vgg_depth.h"
#include "tests/nets/narrow_hed.h"

namespace impasto::narrow {

/// VGG-16's layers of narrow HED.
inline VggWeights five_blocks(const Preprocessing& how) {
  VggWeights vgg{"five.h5", vgg_architecture("vgg16:4,6,8,10,12"), how, {}};
  for (const auto& [name, array] : hed_weights().parameters)
    if (name.starts_with("conv")) vgg.parameters[name] = array;
  return vgg;
}

inline VggDepthWeights vgg_depth_weights() {
  VggDepthWeights weights = fresh_vgg_depth(five_blocks(preprocessing("caffe")), 0);
  weights.source = "seen.h5";
  const char* layers[] = {"squeeze", "at8", "at16", "at32a", "at32b", "back16", "back8", "head"};
  const auto fill = [&](const std::string& name, const auto& value) {
    std::vector<float>& values = weights.parameters.at(name).values;
    for (uint32_t i = 0; i < values.size(); i++) values[i] = value(i);
  };
  const auto about = [](uint32_t seed, float centre, float reach) {
    return [=](uint32_t i) { return reach * formula::value(i, seed) + centre; };
  };
  fill("features/running_mean", about(460, 0, 1));
  fill("features/running_var", about(461, 1, 0.5f));
  for (uint32_t l = 0; l < 8; l++) {
    const std::string name = layers[l];
    const int inputs = int(weights.parameters.at(name + "/weight").shape[1]);
    fill(name + "/weight", [&](uint32_t i) { return formula::weight(i, 400 + l, inputs); });
    fill(name + "/bias", [&](uint32_t i) { return formula::bias(i, 410 + l); });
    if (name == "head") continue;
    fill(name + "/gamma", about(420 + l, 1, 0.5f));
    fill(name + "/beta", about(430 + l, 0, 0.1f));
    fill(name + "/running_mean", about(440 + l, 0, 0.1f));
    fill(name + "/running_var", about(450 + l, 1, 0.5f));
  }
  return weights;
}

}  // namespace impasto::narrow
