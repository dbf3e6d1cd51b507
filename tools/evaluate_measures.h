// The figures by which a result is compared with its photo and with a painting.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "loaders/plane.h"
#include "nets/colour_metrics.h"
#include "nets/feature_distances.h"

namespace impasto {

/// A picture and all that is seen in it.
struct View {
  Picture picture;
  Plane luminance, saliency;
  std::vector<Plane> depths;             ///< one a depth network
  std::vector<Plane> edges;              ///< one, or none without the network
  std::optional<SeenFeatures> features;  ///< none without VGG
  ColourStatistics colours;

  /// Depths, edges, saliency: those that Judges::map_titles() names, each 0..1.
  std::vector<Plane> maps() const;
};

/// One figure of a result. painting: null if there is none.
struct Measure {
  std::string key, title, text;
  bool higher_is_better;
  std::function<double(const View& photo, const View& result, const View* painting)> of;
};

/// network: its place in View::depths. seed: of the pairs of pixels that are compared.
std::vector<Measure> depth_measures(std::size_t network, const std::string& name, uint64_t seed);
std::vector<Measure> edge_measures();
/// Saliency and SSIM, which need no network.
std::vector<Measure> picture_measures();
std::vector<Measure> content_measures();
/// Against the painting; NaN without one.
std::vector<Measure> style_measures();
std::vector<Measure> colour_measures();

}  // namespace impasto
