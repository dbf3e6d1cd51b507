// Where the gradient of an objective comes from, term by term: what to look at before changing a weight.
#pragma once
#include <string>
#include <vector>

#include "nets/objective.h"

namespace impasto {

struct GradientNorm {
  std::string term;
  double at_picture;  // L2 norm of the term's gradient with respect to the picture
  double share;       // of the sum of all terms' norms; 0 if they are all 0
  double at_layer;    // L2 norm with respect to the features of the term's layer (for "tv" the picture again)
};

/// One forward and backward pass for each term, as deep as its layer: a report, not for every step of a long run.
std::vector<GradientNorm> gradient_norms(const Objective& objective, const Tensor& picture);

}  // namespace impasto
