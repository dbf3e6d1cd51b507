// Narrow networks of all kinds, every parameter different from its neighbours.
#pragma once
#include "nets/transform.h"
#include "tests/reference/formula.h"

namespace impasto::varied {

inline const std::vector<std::string> architectures{
    "transform:c9s1-4,d6,R6,R6,u4,c9s1-3",
    "transform:c9s1-4,d6,R6,u4,c9s1-3;padding=none;norm=batch;bias=no",
    "transform:c3s1-4,f5s2-6,d5,C5,U2,d4,c9s1-3;padding=replicate;norm=batch",
    "transform:c9s1-4,c3s2-6,R6,n2-4,c9s1-3;padding=reflect;output=linear",
    "transform:c9s1-4,c3s2-6,d6,R6,u4,f3s2-4,c9s1-3;padding=same;eps=0.001;bias=no;norm-last=yes;output=tanh:150:127.5",
    "transform:c9s1-4,c3s2-6,R6,n2-4,c9s1-3;padding=reflect;bias=no;norm-last=yes;output=sigmoid;styles=3",
    "transform:c3s1-4,R4,C3;padding=zero;output=tanh:2",
};

inline TransformWeights network(const std::string& text, const std::string& preprocessing = "unit") {
  TransformWeights weights = fresh_transform(transform_architecture(text), preprocessing, 7);
  uint32_t seed = 40;
  for (auto& [name, array] : weights.parameters) {
    ++seed;
    if (name.ends_with("/weight")) continue;
    for (uint32_t i = 0; i < array.values.size(); i++) array.values[i] += 0.5f * formula::value(i, seed);
  }
  for (int k = 0; k < weights.architecture.styles; k++) weights.styles.push_back({"style-" + std::to_string(k), "a \"painting\" of Dürer"});
  weights.licence = "public domain";
  weights.provenance = "made by a test";
  weights.settings = "{\"content_weight\":1}";
  return weights;
}

}  // namespace impasto::varied
