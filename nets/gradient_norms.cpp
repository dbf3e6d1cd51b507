#include "nets/gradient_norms.h"

#include <cmath>

#include "layers/planar.h"

namespace impasto {
namespace {

// Squares in f32 also of bf16 features.
double norm(const Tensor& g) {
  Backend& backend = g.backend();
  Tensor wide(backend, g.shape(), g.lanes(), backend.master_dtype()), sum = planar(backend, {});
  backend.convert(g, {wide});
  backend.binary(Binary::multiply, 1, wide, wide, {wide});
  backend.reduce_sum(wide, 1, {sum});
  return std::sqrt(scalar(sum));
}

double norm_at(const Objective& objective, const Objective::Term& term, const Tensor& value) {
  const Variable leaf(value, true);
  backward(objective.loss_of(term, leaf));
  return norm(leaf.grad());
}

}  // namespace

std::vector<GradientNorm> gradient_norms(const Objective& objective, const Tensor& picture) {
  std::vector<GradientNorm> norms;
  double all = 0;
  for (const Objective::Term& term : objective.terms()) {
    if (term.layer.empty()) {
      const double own = norm_at(objective, term, picture);
      norms.push_back({term.name, own, 0, own});
    } else {
      const Variable leaf(picture, true);
      const Variable features = objective.network().features(leaf, {term.layer}).at(term.layer);
      const double at_layer = norm_at(objective, term, features.value());
      backward(objective.loss_of(term, features));
      norms.push_back({term.name, norm(leaf.grad()), 0, at_layer});
    }
    all += norms.back().at_picture;
  }
  if (all > 0)
    for (GradientNorm& n : norms) n.share = n.at_picture / all;
  return norms;
}

}  // namespace impasto
