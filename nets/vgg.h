// VGG-16 and VGG-19 up to any ReLU: the features in which content and style are compared.
// All convolutions are 3x3, pad 1, with bias and ReLU; a 2x2 pooling stands between the blocks.
// Simonyan and Zisserman 2014 (arXiv 1409.1556).
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nets/parameters.h"
#include "nets/preprocessing.h"

namespace impasto {

/// Output channels of each convolution, block by block.
struct VggArchitecture {
  std::string name;
  std::vector<std::vector<int>> blocks;
};

/// "vgg16", "vgg19", or with other widths "vgg16:8,16,24,32": one a block, and as many blocks. Throws UsageError.
VggArchitecture vgg_architecture(const std::string& text);

/// What a weight file holds.
struct VggWeights {
  std::string source;  // the file's name, for messages
  VggArchitecture architecture;
  Preprocessing preprocessing;
  NamedArrays parameters;  // conv1_1/weight [64, 3, 3, 3], conv1_1/bias [64], ...
};

/// Average pooling gives smoother pictures (Gatys et al. 2016); no layer is rescaled for it.
enum class Pooling { max, average };

/// What stands in the pads, and what becomes of a last odd row or column. plain: zeros, and it is left out of pooling (the paper).
/// reflected: the picture reflected, and it is pooled for itself (Huang and Belongie 2017).
enum class Borders { plain, reflected };

class Vgg {
 public:
  using Features = std::map<std::string, Variable>;  // by "relu3_1"

  /// Frozen, and loaded as far as the deepest of `layers`. Throws UsageError for a layer it does not have, ShapeError for weights that do
  /// not fit.
  Vgg(Backend& backend, const VggWeights& weights, const std::vector<std::string>& layers, Pooling pooling = Pooling::max,
      Borders borders = Borders::plain);

  /// picture: [N, 3, H, W] in network space (nets/preprocessing.h). relu<b>_<c>: [N, width, H >> (b - 1), W >> (b - 1)], of the backend's
  /// activation dtype; with reflected borders sides are rounded up.
  /// Nothing beyond the deepest of `layers` is computed. Throws UsageError for an unknown layer, ShapeError if the picture
  /// is smaller than least_side().
  Features features(const Variable& picture, const std::vector<std::string>& layers) const;

  /// The same, each layer handed over as soon as it is there. What is made of it then is recorded before the layers behind it,
  /// and so its gradient is computed last: no gradient of a shallow, large layer waits while the deep ones are worked off.
  using Visitor = std::function<void(const std::string& layer, const Variable& features)>;
  void visit(const Variable& picture, const std::vector<std::string>& layers, const Visitor& visitor) const;

  /// 2^(b - 1) pixels are one pixel of relu<b>_<c>; of reflected ones there are two.
  int least_side(const std::vector<std::string>& layers) const;

  Backend& backend() const { return *backend_; }
  const Preprocessing& preprocessing() const { return preprocessing_; }
  const VggArchitecture& architecture() const { return architecture_; }

 private:
  size_t position(const std::string& layer) const;
  size_t deepest(const std::vector<std::string>& layers) const;

  struct Convolution {
    int block, number, width;  // from 1
    std::string name() const { return "conv" + std::to_string(block) + '_' + std::to_string(number); }
    std::string relu() const { return "relu" + std::to_string(block) + '_' + std::to_string(number); }
  };
  Backend* backend_;
  VggArchitecture architecture_;
  Preprocessing preprocessing_;
  std::vector<Convolution> convolutions_;
  Parameters parameters_;
  Pooling pooling_;
  Borders borders_;
};

}  // namespace impasto
