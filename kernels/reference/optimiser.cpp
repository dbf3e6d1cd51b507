// Steps of the optimisers, in place.
#include <cmath>

#include "kernels/reference/primitives.h"

namespace impasto::reference {

void adam_step(const AdamFactors& factors, double step_size, double root_scale, const Array& g, Array& p, Array& m, Array& v) {
  require(g.shape == p.shape && m.shape == p.shape && v.shape == p.shape,
          "adam_step: a parameter " + p.shape.text() + " and its moments differ");
  for (size_t i = 0; i < p.values.size(); ++i) {
    const double gradient = g.values[i];
    m.values[i] = factors.beta1 * m.values[i] + (1 - factors.beta1) * gradient;
    v.values[i] = factors.beta2 * v.values[i] + (1 - factors.beta2) * gradient * gradient;
    p.values[i] -= step_size * m.values[i] / (std::sqrt(v.values[i]) * root_scale + factors.eps);
  }
}

void sgd_step(double rate, double momentum, const Array& g, Array& p, Array& velocity) {
  require(g.shape == p.shape && velocity.shape == p.shape, "sgd_step: a parameter " + p.shape.text() + " and its velocity differ");
  for (size_t i = 0; i < p.values.size(); ++i) {
    velocity.values[i] = momentum * velocity.values[i] + g.values[i];
    p.values[i] -= rate * velocity.values[i];
  }
}

}  // namespace impasto::reference
