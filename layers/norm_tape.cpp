#include "layers/norm_tape.h"

#include <optional>

namespace impasto {

void NormTape::backward(Tensor& dy, std::span<GradientSink> d) const {
  const bool in_place = d[0] && dy.unshared();
  std::optional<Out> out[3];
  if (in_place) out[0].emplace(Out{dy});
  for (int i = 0; i < 3; i++) {
    if (d[i] && !out[i]) out[i].emplace(d[i].out());
  }
  const auto wanted = [&](int i) { return out[i] ? &*out[i] : nullptr; };
  dy.backend().norm_backward(scope, x, dy, pointer(gamma), pointer(beta), mean, rstd, relu, wanted(0), wanted(1), wanted(2));
  if (in_place) d[0].give(dy);
}

}  // namespace impasto
