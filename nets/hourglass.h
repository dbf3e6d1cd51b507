// Depth from a single picture: the hourglass of Chen, Fu, Yang, Deng 2016 (arXiv 1604.03901), "hourglass3" of their code.
// Four levels, each at half the size of the one around it; at every level a deep path goes down and comes back up, a skip path stays,
// and the two are summed. Both are chains of inception modules: a 1x1 convolution beside three of wider kernels, joined.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nets/normed_convolution.h"
#include "nets/parameters.h"

namespace impasto {

/// What a weight file holds. The names of the parameters:
///   stem/weight [128, 3, 7, 7], stem/bias [128], stem/gamma, stem/beta;   head/weight [1, 64, 3, 3], head/bias [1]
///   level4/deep1 is the first module on the deep path of the outermost level, level1/skip2 the second on the skip path of the
///   innermost one. The deep modules of a level are counted through: those before the next level, then those behind it.
///   A module has the convolutions /1x1, and of its three wide branches /3x3/in and /3x3/out, /5x5/in, .. by the kernel of out (in is 1x1):
///   level4/deep1/7x7/out/weight [K, C, 7, 7], level4/deep1/7x7/out/bias [K]
///   stem and every convolution of a module also have /running_mean and /running_var [K]: the norms of modules have no gamma and beta.
struct HourglassWeights {
  std::string source;  // the file's name, for messages
  NamedArrays parameters;
  /// How much its output varies within a picture, on the mean (output_variance of nets/depth_map.h), where the file says so: a network that
  /// was taught by an order has a scale of its own.
  std::optional<double> output_variance = {};
  /// The pixels of the pictures it was trained on, where the file says so; else 0.
  int trained_width = 0, trained_height = 0;
};

class Hourglass {
 public:
  /// Of the sides of pictures.
  static constexpr int multiple = 16;

  /// frozen: for losses; the norms are taken into the weights, once. trained: takes gradients, norms by the batch's statistics, which
  /// are added to the running ones. Throws ShapeError with everything in the weights that does not fit.
  Hourglass(Backend& backend, const HourglassWeights& weights, Parameters::Use use = Parameters::Use::frozen);

  /// rgb: [N, 3, H, W], red, green, blue in 0..1;  y: [N, 1, H, W], larger is farther, in no unit.
  /// Throws ShapeError unless H and W are multiples of 16.
  Variable operator()(const Variable& rgb) const;

  /// Trained: all of them. Frozen: none is left as it was.
  const Parameters& parameters() const { return parameters_; }
  Backend& backend() const { return *backend_; }

 private:
  struct Walk;

  Backend* backend_;
  Parameters parameters_;
  std::map<std::string, NormedConvolution> convolutions_;
};

/// Names and shapes of all parameters, those of one convolution together; running statistics (is_running_statistic) included.
std::vector<std::pair<std::string, Shape>> hourglass_parameters();

/// Seeded: weights and biases uniform within +-1 / sqrt(K K C), the stem's gamma within 0..1, as Torch begins; the running means are 0
/// and the variances about those that such convolutions have, so that frozen activations keep their size. The same on every machine.
HourglassWeights fresh_hourglass(uint64_t seed);

}  // namespace impasto
