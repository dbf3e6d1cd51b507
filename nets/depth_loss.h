// How wrong a map of depth is, against depth that is known up to a factor. z is the logarithm of depth, t that of what is known, d = z - t.
//
//   rank      mean over pairs of pixels of Chen et al.'s loss (layers/ranking.h) of sharpness * z: which is farther; as far: within 2 %
//   log       mean over pictures of the variance of d over the known pixels (Eigen, Puhrsch, Fergus 2014, arXiv 1406.2283, equation 3 with
//             lambda 1): a factor common to a picture's depths costs nothing
//   gradient  mean over pixels, summed over 4 scales, each half the one before, of |d at the right - d| + |d below - d|: edges where they
//             are (Li and Snavely 2018, arXiv 1804.00607, equation 4)
//
// What is more than 12 times as far as the median of its picture (less the sky), or as near, counts as just so far in log and gradient, not
// in rank. Holes count as the mean of d.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/variable.h"
#include "layers/ranking.h"

namespace impasto {

struct DepthLossSettings {
  double rank_weight = 1, log_weight = 1, gradient_weight = 0.5;
  int pairs = 3000;      ///< a picture
  double sharpness = 3;  ///< of rank
};

/// What z is compared with, on the host.
struct DepthTarget {
  int width = 0, height = 0;
  std::vector<float> log_depth, known;  // [N, 1, height, width]; known: 1 or 0
  std::vector<std::vector<RankedPair>> pairs;
};

/// Pairs whose depths differ by more than this part of the nearer one are in an order.
inline constexpr double ranked_ratio = 1.02;

/// depth: [N, height, width], 0 where it is unknown. Three quarters of the pairs lie anywhere, the others within an eighth of the width of
/// each other; a function of seed and `first`, the number of the first picture.
DepthTarget depth_target(const std::vector<const float*>& depths, int width, int height, const DepthLossSettings& settings, uint64_t seed,
                         int64_t first);

/// On the device; where each batch of the same size finds its place (engine/repeated.h).
class DepthLoss {
 public:
  /// Throws UsageError for weights that are negative or all 0.
  DepthLoss(Backend& backend, const DepthLossSettings& settings);
  void set_target(const DepthTarget& target);

  struct Losses {
    Variable total, rank, log, gradient;  // weighted, [1, 1, 1, 1]; those of weight 0 are undefined
  };
  /// map: [N, 1, H, W] of the target's size, in any layout.
  Losses operator()(const Variable& map) const;

 private:
  Variable centred(const Variable& z) const;

  Backend* backend_;
  DepthLossSettings settings_;
  Tensor log_depth_, known_, part_, inverse_count_, pairs_;
};

/// The share of the pairs with an order whose order in z, [N, height, width] on the host, is another.
double wrongly_ordered(const DepthTarget& target, const std::vector<float>& z);

}  // namespace impasto
