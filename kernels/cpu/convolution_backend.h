// What the backend that computes on the CPU and the one that plans for it share: lane counts, and convolutions by Convolutions.
#pragma once
#include <memory>
#include <utility>

#include "kernels/cpu/convolutions.h"
#include "kernels/shared/convolving_backend.h"

namespace impasto {

template <class Launcher>
class ConvolutionBackend : public ConvolvingBackend<Launcher, Convolutions> {
 public:
  /// As Convolutions.
  ConvolutionBackend(const CpuOptions& options, std::shared_ptr<Pool> pool, bool computes)
      : ConvolvingBackend<Launcher, Convolutions>(Launcher{}),
        lanes_(options.lanes),
        pool_(std::move(pool)),
        convolutions_(*this, options, computes) {}

  std::shared_ptr<Pool> pool() final { return pool_; }
  int lanes_for(int channels) const final { return activation_lanes(channels, lanes_); }

 private:
  Convolutions& convolutions() final { return convolutions_; }

  int lanes_;
  std::shared_ptr<Pool> pool_;
  Convolutions convolutions_;
};

}  // namespace impasto
