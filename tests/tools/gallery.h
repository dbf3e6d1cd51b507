// A folder to try `impasto stylize` and `impasto styles` in: a photo, a network of one style, and in its cache a styles26 of three, all
// narrow and of seeded weights.
#pragma once
#include <string>

#include "kernels/cpu/backend.h"
#include "loaders/weight_file.h"
#include "nets/conditional.h"
#include "nets/stylize.h"
#include "nets/transform_file.h"
#include "tests/tools/shell.h"

namespace impasto::studio {

inline TransformWeights one_style() {
  TransformWeights weights = fresh_transform(transform_architecture("transform:c3s1-8,d8,R8,u8,c3s1-3;padding=reflect"), "caffe", 1);
  weights.source = "one.h5";
  weights.licence = weights.provenance = "made by a test";
  return weights;
}

inline TransformWeights three_styles() {
  TransformWeights weights = fresh_transform(conditional_architecture(3, 0.25, 1), "unit", 2);
  weights.source = "styles26.h5";
  weights.licence = weights.provenance = "made by a test";
  weights.styles = {{"quiet-dusk", "a painting"}, {"Wave Print", "another"}, {"acid-green", ""}};
  uint32_t seed = 0;  // fresh styles are all alike
  for (auto& [name, array] : weights.parameters)
    if (name.ends_with("/gamma") || name.ends_with("/beta")) {
      seed++;
      for (uint32_t i = 0; i < array.values.size(); i++) array.values[i] += 0.5f * formula::value(i, seed);
    }
  return weights;
}

inline void write_network(const std::string& path, const TransformWeights& weights) {
  WeightFile file = transform_weight_file(weights);
  file.created_by = "a test";
  write_weight_file(path, file);
}

struct Gallery : Folder {
  Gallery() {
    fs::create_directory(path + "/cache");
    write_network(path + "/one.h5", one_style());
    write_network(path + "/cache/styles26.h5", three_styles());
    write_picture(path + "/photo.png", picture(1, 47, 34));
  }
  /// `impasto words`, in the folder.
  Answer run(const std::string& words, const std::string& behind = " 2>&1") const {
    return shell("'" IMPASTO_PROGRAM "' " + words + behind);
  }
  Answer shell(const std::string& line) const { return studio::shell("cd '" + path + "' && export IMPASTO_CACHE=cache && " + line); }
};

/// What the library paints.
inline Picture painted(const TransformWeights& weights, const Picture& photo, const std::vector<double>& blend = {}) {
  const auto backend = make_cpu_backend();
  return stylize(TransformNet(*backend, weights), photo, blend);
}

/// In levels of 255; a large number if the sizes differ.
inline double largest_difference(const Picture& a, const Picture& b) {
  if (a.width != b.width || a.height != b.height) return 1e9;
  double worst = 0;
  for (size_t i = 0; i < a.rgb.size(); i++) worst = std::max(worst, 255.0 * std::abs(a.rgb[i] - b.rgb[i]));
  return worst;
}

}  // namespace impasto::studio
