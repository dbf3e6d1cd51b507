// Feed-forward style networks: one pass turns a photograph into a painting. Johnson, Alahi, Fei-Fei 2016 (arXiv 1603.08155), with
// the instance norm of Ulyanov et al. 2016 (arXiv 1607.08022); what they are made of is in nets/transform_architecture.h.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "loaders/weight_file.h"
#include "nets/parameters.h"
#include "nets/preprocessing.h"
#include "nets/transform_architecture.h"

namespace impasto {

/// What a weight file holds. The names of the parameters: a layer is called by its kind, counted from 1:
///   c conv1, conv2, ..   d down1, ..   u, f, U, n up1, ..   R res1, ..   C plain1, ..
///   conv1/weight [K, C, R, S], conv1/bias [K], conv1/gamma, conv1/beta [K] or [styles, K];
///   batch norm also conv1/running_mean, conv1/running_var [K];   blocks res1/a/weight ... res1/b/beta;
///   transposed convolutions up1/weight [C, K, R, S];   U layers only gamma and beta.
struct TransformWeights {
  std::string source;  // the file's name, for messages
  TransformArchitecture architecture;
  Preprocessing preprocessing;
  NamedArrays parameters;
  std::vector<WeightFile::Style> styles;  // names, for networks of several styles; may be empty
  std::string licence, provenance, settings = "{}";
};

/// What of a network that is trained takes gradients: all of it, or gamma and beta only, which is all that a further style of a
/// conditional network needs (Dumoulin et al. 2017).
enum class Learning { all, norms };

class TransformNet {
 public:
  /// frozen: for painting, batch norm by the running statistics. trained: takes gradients, batch norm by the batch's statistics,
  /// which it also adds to the running ones. Throws ShapeError with everything in the weights that does not fit.
  TransformNet(Backend& backend, const TransformWeights& weights, Parameters::Use use = Parameters::Use::frozen,
               Learning learning = Learning::all);

  /// x, y: [N, 3, H, W] in network space (nets/preprocessing.h: 0..255 minus the mean); preprocessing().scale is applied on the
  /// way in and undone on the way out. y has the size that the architecture gives (padding none: smaller; sides that are not
  /// multiples: rounded up), x is given up: under NoGrad its storage is free, or used, as soon as the first layer has read it.
  /// blend: planar [1, 1, N, styles], the weight of each style in each image (style_blend), for conditional networks; undefined
  /// for others. Throws UsageError for a blend too many or too few, ShapeError for a picture too small.
  Variable operator()(Variable x, const Variable& blend = {}) const;

  const TransformArchitecture& architecture() const { return architecture_; }
  const Preprocessing& preprocessing() const { return preprocessing_; }
  const std::vector<WeightFile::Style>& styles() const { return styles_; }
  const std::string& source() const { return source_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  Backend& backend() const { return *backend_; }

 private:
  void check_input(const Variable& x, const Variable& blend) const;

  std::string source_;
  Backend* backend_;
  TransformArchitecture architecture_;
  Preprocessing preprocessing_;
  std::vector<WeightFile::Style> styles_;
  Parameters parameters_;
  bool trained_;
};

/// The names of the layers ("conv1", "down1", ..., "res1"), in order.
std::vector<std::string> transform_layer_names(const TransformArchitecture& architecture);

/// Names and shapes of all parameters in the order of the layers. Vectors are [1, C, 1, 1], tables of styles [1, 1, styles, C].
std::vector<std::pair<std::string, Shape>> transform_parameters(const TransformArchitecture& architecture);
/// Of a batch norm: kept by training, but not trained.
bool is_running_statistic(const std::string& parameter);

/// Every parameter seeded: convolutions as Torch's, weight and bias uniform within +-1 / sqrt(K K C), gamma 1, beta 0 and running
/// statistics 0 and 1. The same numbers on every machine.
TransformWeights fresh_transform(const TransformArchitecture& architecture, const std::string& preprocessing, uint64_t seed);

}  // namespace impasto
