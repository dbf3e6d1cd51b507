// The recorded feed-forward networks of tests/reference (transform.py): a few channels, weights by formula.
#pragma once
#include <string>
#include <vector>

#include "nets/conditional.h"
#include "nets/transform.h"
#include "tests/nets/narrow_vgg.h"

namespace impasto::narrow {

inline const std::string body = "transform:c9s1-4,d6,R6,u4,c9s1-3";
inline const std::string examples = "transform:c9s1-4,c3s2-6,c3s2-8,R8,n2-6,n2-4,c9s1-3;padding=reflect;output=linear";
inline const std::string lengstrom =
    "transform:c9s1-4,c3s2-6,c3s2-8,R8,u6,u4,c9s1-3;padding=same;eps=0.001;bias=no;norm-last=yes;output=tanh:150:127.5";
inline const std::string three_styles =
    "transform:c9s1-4,c3s2-6,c3s2-8,R8,n2-6,n2-4,c9s1-3;padding=reflect;bias=no;norm-last=yes;output=sigmoid;styles=3";

/// inputs: channels that one weight's kernel reads.
inline std::vector<float> parameter_values(const std::string& name, const Shape& shape, int inputs, uint32_t seed) {
  std::vector<float> values = formula::values(shape, seed);
  const float bound = std::sqrt(2.0f / float(shape.h * shape.w * inputs)) * std::sqrt(3.0f);
  for (float& value : values) {
    if (name.ends_with("/weight")) {
      value = bound * value;
    } else if (name.ends_with("/gamma") || name.ends_with("/running_var")) {
      value = 0.5f * value + 1.0f;
    } else {
      value = 0.1f * value;
    }
  }
  return values;
}

inline TransformWeights transform_weights(const std::string& architecture, const std::string& how = "byte") {
  TransformWeights weights{"narrow.h5", transform_architecture(architecture), preprocessing(how), {}, {}, "", ""};
  const bool has_nearest_conv = architecture.find(",n2") != std::string::npos;  // none of these mixes it with transposed ones
  uint32_t seed = 300;
  for (const auto& [name, shape] : transform_parameters(weights.architecture)) {
    const bool is_transposed = name.starts_with("up") && !has_nearest_conv;
    Array array{{shape.n, shape.c, shape.h, shape.w}, {}};
    array.values = parameter_values(name, shape, is_transposed ? shape.n : shape.c, seed++);
    weights.parameters[name] = std::move(array);
  }
  return weights;
}

/// An input or gradient as recorded: values of a seed, planar.
inline Tensor recorded_input(Backend& backend, const Shape& shape, uint32_t seed = 1, float scale = 100, int lanes = 1) {
  return from_host(backend, shape, formula::values(shape, seed, scale).data(), lanes);
}

/// The two images of the record: the second of three styles, and two of them mixed.
inline Variable recorded_blend(Backend& backend) { return style_blend(backend, {{0, 1, 0}, {0.25, 0, 0.75}}); }

/// Painted: under NoGrad, the picture given up.
inline Tensor paint(const TransformNet& network, Tensor x, const Variable& blend = {}) {
  const NoGrad no_grad;
  return network(Variable(std::move(x)), blend).value();
}

}  // namespace impasto::narrow
