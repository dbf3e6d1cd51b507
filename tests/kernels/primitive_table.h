// Every primitive of engine/backend.h that has a gradient, in awkward shapes, with the numbers to try it on.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tests/kernels/reference_fixture.h"

namespace impasto {

using Forward = std::function<void(Bench&, const Tensor& x, Tensor& y)>;
using Gradient = std::function<void(Bench&, const Tensor& x, const Tensor& dy, Out dx)>;

/// smooth: has a derivative wherever the table tries it.
enum class Kind { linear, smooth };

struct Primitive {
  std::string name;
  Kind kind;
  Shape x, y;
  Forward forward;
  Gradient gradient;
  bool planar_x = false, planar_y = false;  // weights, vectors, matrices and losses
};

const std::vector<Primitive>& primitives();

/// Distinct numbers further apart than a difference quotient steps, in no order: no ties, no kinks near.
Tensor spread(Bench& b, Shape shape);

}  // namespace impasto
