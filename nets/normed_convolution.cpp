#include "nets/normed_convolution.h"

#include "layers/conv2d.h"
#include "nets/fold_norm.h"

namespace impasto {
namespace {

constexpr double eps = 1e-5, momentum = 0.1;

}  // namespace

NormedConvolution::NormedConvolution(const Parameters& parameters, const std::string& name, bool trained) : name_(name) {
  const auto find = [&](const char* part) {
    const auto found = parameters.all().find(name + part);
    return found == parameters.all().end() ? Variable() : found->second;
  };
  weight_ = find("/weight");
  bias_ = find("/bias");
  gamma_ = find("/gamma");
  beta_ = find("/beta");
  running_ = {find("/running_mean").value(), find("/running_var").value()};
  if (trained || !running_.mean.defined()) return;
  fold_norm(weight_, bias_, gamma_, beta_, running_, eps);
  running_ = {};
}

Variable NormedConvolution::operator()(const Variable& x, bool relu) const {
  const LayerScope scope(name_);
  const int pad = (weight_.shape().h - 1) / 2;
  if (!running_.mean.defined()) return conv2d(x, weight_, bias_, {.pad = pad, .relu = relu});
  RunningStatistics running = running_;  // the same tensors
  return batch_norm(conv2d(x, weight_, bias_, {.pad = pad}), gamma_, beta_, running, momentum, eps, relu);
}

}  // namespace impasto
