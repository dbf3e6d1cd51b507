// The depth hourglass as recorded (tests/reference, hourglass.py): its own widths, weights by formula.
#pragma once
#include <cmath>
#include <map>

#include "nets/hourglass.h"
#include "tests/reference/formula.h"

namespace impasto::narrow {

/// The parameter at place j of the sorted names has seed 1000 + j.
inline HourglassWeights hourglass_weights() {
  HourglassWeights weights{"depth.h5", {}};
  std::map<std::string, Shape> sorted;
  for (const auto& [name, shape] : hourglass_parameters()) sorted[name] = shape;
  uint32_t seed = 1000;
  for (const auto& [name, s] : sorted) {
    const float bound = name.ends_with("/weight") ? std::sqrt(2.0f / float(s.c * s.h * s.w)) * std::sqrt(3.0f) : 0;
    const bool about_one = name.ends_with("/gamma") || name.ends_with("/running_var");
    Array array{{s.n, s.c, s.h, s.w}, std::vector<float>(size_t(s.elements()))};
    for (uint32_t i = 0; i < array.values.size(); i++) {
      const float v = formula::value(i, seed);
      array.values[i] = bound > 0 ? bound * v : about_one ? 0.5f * v + 1.0f : 0.1f * v;
    }
    weights.parameters[name] = std::move(array);
    seed++;
  }
  return weights;
}

}  // namespace impasto::narrow
