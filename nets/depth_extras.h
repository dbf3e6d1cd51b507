// What the files of depth networks that we teach say beside the parameters: output/variance and input/size.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "engine/error.h"
#include "loaders/weight_file.h"

namespace impasto {

/// Out of weights.parameters. Throws FileError if they are no such numbers.
template <class Weights>
void take_depth_extras(Weights& weights) {
  const auto take = [&](const std::string& name, size_t count) {
    const auto found = weights.parameters.extract(name);
    const std::vector<float> values = found ? found.mapped().values : std::vector<float>();
    if (found && (values.size() != count || std::any_of(values.begin(), values.end(), [](float v) { return !(v > 0 && v < 65536); })))
      throw FileError(weights.source, "its " + name + " is not made of " + std::to_string(count) + " numbers above 0");
    return values;
  };
  if (const auto variance = take("output/variance", 1); !variance.empty()) weights.output_variance = variance[0];
  if (const auto size = take("input/size", 2); !size.empty()) {
    weights.trained_width = int(size[0]);
    weights.trained_height = int(size[1]);
  }
}

template <class Weights>
void keep_depth_extras(const Weights& weights, WeightFile& file) {
  const auto keep = [&](const std::string& name, std::vector<float> values) {
    file.parameters[name] = {{int64_t(values.size())}, std::move(values)};
    file.trainable[name] = false;
  };
  if (weights.output_variance) keep("output/variance", {float(*weights.output_variance)});
  if (weights.trained_width > 0) keep("input/size", {float(weights.trained_width), float(weights.trained_height)});
}

}  // namespace impasto
