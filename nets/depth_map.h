// Depth of a photograph by any of the depth networks, as a plane of the photograph's size.
#pragma once
#include <optional>
#include <string>
#include <variant>

#include "loaders/weight_file.h"
#include "nets/hourglass.h"
#include "nets/monodepth.h"
#include "nets/picture_plane.h"
#include "nets/vgg_depth.h"

namespace impasto {

using DepthWeights = std::variant<HourglassWeights, MonodepthWeights, VggDepthWeights>;

/// A file of ours by what it says it is, "hourglass", "monodepth18", "monodepth50", "vgg-depth"; another program's hourglass by its ending
/// (nets/hourglass_file.h). Throws FileError.
DepthWeights read_depth_network(const std::string& path);

/// For write_weight_file; the caller says in created_by who wrote it.
WeightFile depth_weight_file(const DepthWeights& weights);

class DepthNetwork {
 public:
  /// Frozen. Throws as Hourglass and Monodepth do.
  DepthNetwork(Backend& backend, const DepthWeights& weights);

  /// The size at which a picture is seen: by monodepth2 640x192; by the others that at which they were trained, as their files say, or
  /// 320x240 and 320x224, with the sides exchanged for upright pictures; or what is asked for, its sides rounded to multiples of 16 or 32.
  InputSize seen_size(int width, int height, const InputSize& asked = {}) const;

  /// rgb: [1, 3, H, W], 0..1;  y: [1, 1, H, W], as the network has it: monodepth2 disparity, the others depth.
  Variable operator()(const Variable& rgb) const;
  /// output_variance() on pictures that stand for all, where the weights' file says so.
  std::optional<double> known_variance() const { return known_variance_; }
  bool gives_disparity() const { return std::holds_alternative<Monodepth>(network_); }

  const std::string& source() const { return source_; }
  Backend& backend() const { return *backend_; }

 private:
  Backend* backend_;
  std::string source_;
  std::optional<double> known_variance_;
  InputSize usual_size_;
  int multiple_, least_side_;  // of the sides
  std::variant<Hourglass, Monodepth, VggDepth> network_;
};

/// The depth of a picture, of its own size; larger is farther, in no unit. Monodepth2's disparity is made depth behind the resizing, as in
/// its own program.
Plane depth_map(const DepthNetwork& network, const Picture& picture, const InputSize& size = {});

/// The mean over pictures of how much the network's output varies within one: what a depth error is measured by, since an order of pixels
/// leaves the scale of depth free. Pictures are [N, 3, H, W], 0..1, of a size that the network takes.
double output_variance(const DepthNetwork& network, const Variable& pictures);

/// Bytes of tensors that depth_map needs at most where the network sees width x height, weights included; nothing is computed.
size_t depth_map_memory(const DepthWeights& weights, int width, int height);

}  // namespace impasto
