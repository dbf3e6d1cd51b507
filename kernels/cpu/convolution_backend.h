// What the backend that computes on the CPU and the one that plans for it share: lane counts, and convolutions by Convolutions.
#pragma once
#include <memory>
#include <utility>

#include "kernels/cpu/convolutions.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {

template <class Launcher>
class ConvolutionBackend : public SharedBackend<Launcher> {
 public:
  /// As Convolutions.
  ConvolutionBackend(const CpuOptions& options, std::shared_ptr<Pool> pool, bool computes)
      : SharedBackend<Launcher>(Launcher{}), lanes_(options.lanes), pool_(std::move(pool)), convolutions_(*this, options, computes) {}

  std::shared_ptr<Pool> pool() final { return pool_; }
  int lanes_for(int channels) const final { return activation_lanes(channels, lanes_); }

  void conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) final {
    convolutions_.forward(x, w, params, in, out, y);
  }
  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) final {
    convolutions_.backward_data(dy, w, params, mask, dx);
  }
  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in, const Tensor* mask,
                               Out dw) final {
    convolutions_.backward_weights(x, dy, params, in, mask, dw);
  }

 private:
  int lanes_;
  std::shared_ptr<Pool> pool_;
  Convolutions convolutions_;
};

}  // namespace impasto
