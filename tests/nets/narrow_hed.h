// HED as recorded (tests/reference, hed.py): blocks of 4 to 12 channels, weights by formula.
#pragma once
#include "nets/hed.h"
#include "tests/reference/formula.h"

namespace impasto::narrow {

inline HedWeights hed_weights() {
  HedWeights weights{"edges.h5", "hed:4,6,8,10,12"};
  const auto add = [&](const std::string& name, int64_t outputs, int64_t inputs, int64_t kernel, const auto& weight, const auto& bias) {
    Array w{{outputs, inputs, kernel, kernel}, std::vector<float>(size_t(outputs * inputs * kernel * kernel))},
        b{{outputs}, std::vector<float>(size_t(outputs))};
    for (uint32_t i = 0; i < w.values.size(); i++) w.values[i] = weight(i);
    for (uint32_t i = 0; i < b.values.size(); i++) b.values[i] = bias(i);
    weights.parameters[name + "/weight"] = std::move(w);
    weights.parameters[name + "/bias"] = std::move(b);
  };
  const int widths[] = {4, 6, 8, 10, 12}, depths[] = {2, 2, 3, 3, 3};
  uint32_t layer = 0;
  int channels = 3;
  for (uint32_t b = 0; b < 5; b++) {
    const std::string block = std::to_string(b + 1);
    for (int c = 1; c <= depths[b]; c++, layer++) {
      add(
          "conv" + block + '_' + std::to_string(c), widths[b], channels, 3,
          [&](uint32_t i) { return formula::weight(i, 100 + layer, channels); }, [&](uint32_t i) { return formula::bias(i, 200 + layer); });
      channels = widths[b];
    }
    add(
        "side" + block, 1, channels, 1, [&](uint32_t i) { return formula::value(i, 301 + b); },
        [&](uint32_t i) { return formula::bias(i, 311 + b); });
  }
  add(
      "fuse", 1, 5, 1, [](uint32_t i) { return 0.5f * formula::value(i, 320) + 0.5f; }, [](uint32_t i) { return formula::bias(i, 321); });
  return weights;
}

}  // namespace impasto::narrow
