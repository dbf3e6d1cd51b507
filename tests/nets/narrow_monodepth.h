// monodepth2 as recorded (tests/reference, monodepth.py): a sixteenth of its widths, weights by formula.
#pragma once
#include <cmath>
#include <map>

#include "nets/monodepth.h"
#include "tests/reference/formula.h"

namespace impasto::narrow {

/// architecture: "monodepth18:4" or "monodepth50:4". The parameter at place j of the sorted names has seed 900 + j.
inline MonodepthWeights monodepth_weights(const std::string& architecture) {
  MonodepthWeights weights{"disparity.h5", architecture};
  std::map<std::string, Shape> sorted;
  for (const auto& [name, shape] : monodepth_parameters(monodepth_architecture(architecture))) sorted[name] = shape;
  uint32_t seed = 900;
  for (const auto& [name, s] : sorted) {
    const bool is_vector = !name.ends_with("/weight");
    const float bound = !is_vector ? std::sqrt(2.0f / float(s.c * s.h * s.w)) * std::sqrt(3.0f) : 0;
    const bool about_one = name.ends_with("/gamma") || name.ends_with("/running_var");
    Array array{is_vector ? std::vector<int64_t>{s.c} : std::vector<int64_t>{s.n, s.c, s.h, s.w}, std::vector<float>(size_t(s.elements()))};
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
