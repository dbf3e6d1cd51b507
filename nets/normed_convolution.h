// A convolution with bias, and behind it a batch norm and a ReLU, in networks that are taught and then used with the norm in the weights.
#pragma once
#include <string>

#include "layers/batch_norm.h"
#include "nets/parameters.h"

namespace impasto {

class NormedConvolution {
 public:
  /// Of the filled parameters <name>/weight [K, C, R, R], /bias [K] and, as far as there are such, /gamma, /beta, /running_mean,
  /// /running_var [K]. trained: the norm is by the batch's statistics, which are added to the running ones (layers/batch_norm.h); else it
  /// is taken into weight and bias, once (nets/fold_norm.h). R is odd; the pad is (R - 1) / 2, of zeros.
  NormedConvolution(const Parameters& parameters, const std::string& name, bool trained);

  /// x: [N, C, H, W];  y: [N, K, H, W]. relu: unless it is the last one.
  Variable operator()(const Variable& x, bool relu = true) const;

 private:
  std::string name_;  // for profiles
  Variable weight_, bias_, gamma_, beta_;
  RunningStatistics running_;  // undefined: no norm, or it is in the weights
};

}  // namespace impasto
