// SharedBackend and the three primitives that it lacks, handed on to a class that has them as forward, backward_data and backward_weights.
#pragma once
#include "kernels/shared/shared_backend.h"

namespace impasto {

template <class Launcher, class Convolutions>
class ConvolvingBackend : public SharedBackend<Launcher> {
 public:
  using SharedBackend<Launcher>::SharedBackend;

  void conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) final {
    convolutions().forward(x, w, params, in, out, y);
  }
  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) final {
    convolutions().backward_data(dy, w, params, mask, dx);
  }
  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in, const Tensor* mask,
                               Out dw) final {
    convolutions().backward_weights(x, dy, params, in, mask, dw);
  }

 protected:
  virtual Convolutions& convolutions() = 0;
};

}  // namespace impasto
