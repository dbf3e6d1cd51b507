// The CUDA backend but for its device: convolutions by ChannelsLastConvolutions, or by what hands on to it, and Gram matrices of many
// channels too.
#pragma once
#include "kernels/cuda/channels_last_convolutions.h"
#include "kernels/shared/convolving_backend.h"

namespace impasto {

template <class Launcher, class Convolutions>
class ChannelsLastBackend : public ConvolvingBackend<Launcher, Convolutions> {
 public:
  using ConvolvingBackend<Launcher, Convolutions>::ConvolvingBackend;

  void gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) final {
    if (x.shape().c < least_gram_channels) return SharedBackend<Launcher>::gram(x, mask, scale, y);
    this->convolutions().gram(x, mask, scale, y);
  }
  void gram_backward(const Tensor& x, const Tensor* mask, const Tensor& dy, double scale, Out dx) final {
    if (x.shape().c < least_gram_channels) return SharedBackend<Launcher>::gram_backward(x, mask, dy, scale, dx);
    this->convolutions().gram_backward(x, mask, this->symmetric(dy, scale), dx);
  }
};

}  // namespace impasto
