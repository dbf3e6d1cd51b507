// Depth from what VGG-16 sees: a small network on features that were learnt from photographs, to be taught on drawn scenes. An hourglass
// can then learn from what it says of photographs whose depth nobody measured (Yang et al. 2024, Depth Anything V2, arXiv 2406.09414, teach
// by the same two steps).
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nets/normed_convolution.h"
#include "nets/parameters.h"
#include "nets/vgg.h"

namespace impasto {

/// What a weight file holds. The names of the parameters:
///   trunk/conv1_1/weight .. trunk/conv5_3/bias: VGG-16, never trained;   features/running_mean, features/running_var [1024]
///   squeeze [96, 1024, 1, 1], at8, at16, at32a, at32b, back16, back8: weight, bias, gamma, beta, running_mean, running_var
///   head/weight [1, 96, 3, 3], head/bias [1]
struct VggDepthWeights {
  std::string source;                      // the file's name, for messages
  std::string architecture = "vgg-depth";  // or with a width for each block of the trunk: "vgg-depth:4,6,8,10,12"
  Preprocessing preprocessing;             // the trunk's
  NamedArrays parameters;
  std::optional<double> output_variance = {};  // as HourglassWeights has it
  int trained_width = 0, trained_height = 0;
};

class VggDepth {
 public:
  static constexpr int multiple = 32;
  /// How much farther the top of a picture is than its bottom, before anything is known of it.
  static constexpr double slope = 1.5;

  /// frozen or trained, as Hourglass; the trunk is always frozen. Throws UsageError for another architecture, ShapeError with everything
  /// in the weights that does not fit.
  VggDepth(Backend& backend, const VggDepthWeights& weights, Parameters::Use use = Parameters::Use::frozen);

  /// rgb: [N, 3, H, W], red, green, blue in 0..1;  y: [N, 1, H, W], larger is farther, in no unit:
  ///   y = slope * (1 - (row + 1/2) / H) + what the features say at 1/8 of the size, between places bilinear
  /// relu4_3 and, twice as large, relu5_3, each channel normed, go through a 1x1 convolution and down to 1/32 and back up, joined at each
  /// size with what was there on the way down (Ronneberger et al. 2015). Throws ShapeError unless H and W are multiples of 32.
  Variable operator()(const Variable& rgb) const;

  /// Trained: all but the trunk's. Frozen: none is left as it was.
  const Parameters& parameters() const { return parameters_; }
  Backend& backend() const { return *backend_; }

 private:
  Variable features(const Variable& rgb) const;
  const Variable& ramp(const Shape& picture) const;

  Backend* backend_;
  Vgg trunk_;
  Parameters parameters_;
  RunningStatistics of_features_;
  bool trained_;
  std::map<std::string, NormedConvolution> convolutions_;
  mutable Variable ramp_;  // kept, so that a recorded step (engine/repeated.h) finds it
};

/// Names and shapes of all parameters but the trunk's. Throws UsageError for another architecture.
std::vector<std::pair<std::string, Shape>> vgg_depth_parameters(const std::string& architecture);
/// Whether it is kept by training but not trained.
bool is_vgg_depth_constant(const std::string& parameter);

/// A file may leave the trunk out, nineteen twentieths of it, for one who has that VGG-16 anyhow: all but the biases of conv5_3, by which
/// it is known again.
bool has_trunk(const VggDepthWeights& weights);
VggDepthWeights without_trunk(VggDepthWeights weights);
/// With that of `vgg`. Throws ShapeError if that is another VGG-16 than the one that these weights were taught on.
VggDepthWeights with_trunk(VggDepthWeights weights, const VggWeights& vgg);

/// Seeded, on a trunk: weights uniform within +-1 / sqrt(K K C), biases within +-0.03. Throws UsageError for another trunk than a VGG-16 of
/// 5 blocks.
VggDepthWeights fresh_vgg_depth(const VggWeights& trunk, uint64_t seed);

}  // namespace impasto
