// Layers that turn each number into one other may put it in its place, while nothing is recorded.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// Where y = f(x) goes, pixel by pixel: into x itself under NoGrad if the caller has given it away (y = relu(std::move(y))) and
/// nobody else holds its numbers, else into a new tensor of the same layout.
inline Tensor in_place_or_new(const Variable& x) {
  return NoGrad::active() && x.value().unshared() && !x.value().frozen() ? x.value() : x.value().like();
}

}  // namespace impasto
