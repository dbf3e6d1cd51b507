// What a picture is judged by, as settings.
#pragma once
#include <string>
#include <vector>

namespace impasto {

struct WeightedLayer {
  std::string name;
  double weight = 1;
  bool operator==(const WeightedLayer&) const = default;
};

/// "relu1_2,relu2_2:0.5": a layer without a weight has 1. "" is no layer. Throws UsageError.
std::vector<WeightedLayer> parse_layers(const std::string& text);

/// What of a painting's features is its style.
enum class StyleStatistic { gram, mean };

/// The weight of a term is that of its kind times that of its layer; what comes to 0 is left out and costs nothing.
struct ObjectiveSettings {
  std::vector<WeightedLayer> content{{"relu2_2"}}, style{{"relu1_2"}, {"relu2_2"}, {"relu3_3"}, {"relu4_3"}};
  double content_weight = 1, style_weight = 5, tv_weight = 1e-6, depth_weight = 0;
  int masked_paintings = 0;  // so many, each with a mask of its own
  /// What the depth error is divided by: output_variance (nets/depth_map.h).
  double depth_variance = 1;
  /// The size at which the depth network sees pictures; 0: as it likes them (DepthNetwork::seen_size).
  int depth_width = 0, depth_height = 0;
  /// Depth counts only where that of the painted picture is above 0: equation 3 of Liu et al. 2017, as printed.
  bool depth_relu_mask = false;
  double pixel_weight = 0;
  StyleStatistic statistic = StyleStatistic::gram;
  /// All layers, each once.
  std::vector<std::string> layers() const;
};

/// Throws UsageError naming `what` for a weight that is negative or not finite.
void check_weight(const std::string& what, double weight);
/// Weights of so many paintings, made to sum to 1; empty: all alike. Throws UsageError for no paintings, for a number of weights that does
/// not fit, and where none counts.
std::vector<double> blend_of(std::vector<double> blend, size_t paintings);
/// Unless it is among them.
void add_layer(std::vector<std::string>& layers, const std::string& layer);

}  // namespace impasto
