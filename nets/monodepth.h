// Disparity from a single picture: monodepth2 of Godard, Mac Aodha, Firman, Brostow 2019 (arXiv 1806.01260), for use and in losses, not for
// training. A ResNet takes the picture down to 1/32; the decoder comes back up, joining what the encoder had at each size.
#pragma once
#include <map>
#include <string>

#include "nets/monodepth_architecture.h"
#include "nets/parameters.h"

namespace impasto {

/// What a weight file holds: monodepth_parameters().
struct MonodepthWeights {
  std::string source;        // the file's name, for messages
  std::string architecture;  // "monodepth18" or "monodepth50"
  NamedArrays parameters = {};
};

class Monodepth {
 public:
  /// Sides are multiples of `multiple`, and at least `least_side`: at 1/32 a border of one pixel is reflected.
  static constexpr int multiple = 32, least_side = 64;

  /// Frozen; the norms are taken into the weights. Throws UsageError for the architecture, ShapeError with everything in the weights that
  /// does not fit.
  Monodepth(Backend& backend, const MonodepthWeights& weights);

  /// rgb: [N, 3, H, W], red, green, blue in 0..1;  y: [N, 1, H, W], disparity in 0..1: larger is nearer (see depth_of_disparity).
  /// Throws ShapeError for sides that do not fit.
  Variable operator()(const Variable& rgb) const;

  Backend& backend() const { return *backend_; }

 private:
  struct Convolution {
    Variable weight, bias;
    int stride;
  };
  Variable convolution(const std::string& name, const Variable& x, bool relu) const;
  Variable upconvolution(const std::string& name, const Variable& x, int upsample = 1) const;
  Variable block(const std::string& name, Variable x) const;

  Backend* backend_;
  MonodepthArchitecture architecture_;
  std::map<std::string, Convolution> convolutions_;
};

/// 1 / (1 / 100 + (1 / 0.1 - 1 / 100) disparity): 0.1 to 100, the same unit for all pictures of a network, but no metres.
inline float depth_of_disparity(float disparity) { return 1 / (0.01f + 9.99f * disparity); }

}  // namespace impasto
