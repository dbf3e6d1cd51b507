// What every norm's backward pass is: the raw x and its statistics, from which xhat and a fused ReLU's mask are computed again.
#pragma once
#include <span>

#include "engine/variable.h"

namespace impasto {

/// Of y = relu(gamma * xhat + beta), xhat = (x - mean) * rstd. gamma and beta may be undefined (1, 0).
struct NormTape {
  NormScope scope;
  Tensor x, gamma, beta, mean, rstd;
  bool relu;
  /// The gradients by x, gamma and beta, where wanted. A dy that nobody else holds is used for dx.
  void backward(Tensor& dy, std::span<GradientSink> d) const;
};

/// For primitives that take a null pointer for a vector that is not there.
inline const Tensor* pointer(const Tensor& t) { return t.defined() ? &t : nullptr; }

}  // namespace impasto
