#include "tools/evaluate_measures.h"

#include <limits>

#include "nets/depth_metrics.h"
#include "nets/edge_metrics.h"
#include "nets/plane_metrics.h"
#include "nets/saliency.h"
#include "nets/ssim.h"

namespace impasto {
namespace {

// A figure of the result and the painting, where there is one.
template <class F>
auto of_painting(F distance) {
  return [distance](const View&, const View& result, const View* painting) {
    return painting ? distance(result, *painting) : std::numeric_limits<double>::quiet_NaN();
  };
}

}  // namespace

std::vector<Plane> View::maps() const {
  std::vector<Plane> all;
  for (const Plane& depth : depths) all.push_back(min_max(depth));
  all.insert(all.end(), edges.begin(), edges.end());
  all.push_back(saliency);
  return all;
}

std::vector<Measure> depth_measures(std::size_t network, const std::string& name, uint64_t seed) {
  return {
      {"depth_error_" + name, "Depth error, " + name,
       "Mean squared difference of the depths that " + name + " sees, each map brought to 0..1.", false,
       [network](const View& photo, const View& result, const View*) {
         return depth_error(photo.depths[network], result.depths[network]);
       }},
      {"depth_order_" + name, "Depth order, " + name,
       "Of 10,000 pairs of pixels that are more than 2 % of the range apart in the photo's depths the share that is in the same order in "
       "the result's. Chance is 0.5.",
       true, [network, seed](const View& photo, const View& result, const View*) {
         return depth_order(photo.depths[network], result.depths[network], {.seed = seed});
       }}};
}

std::vector<Measure> edge_measures() {
  return {{"edge_correlation", "Edge correlation", "Correlation of the two edge maps, pixel by pixel.", true,
           [](const View& photo, const View& result, const View*) { return correlation(photo.edges[0], result.edges[0]); }},
          {"edge_f", "Edge F",
           "F measure of the result's edges at its best threshold; true edges are those from 0.5 on in the photo's map, and count as found "
           "within 2 pixels.",
           true, [](const View& photo, const View& result, const View*) { return edge_score(photo.edges[0], result.edges[0]).f; }}};
}

std::vector<Measure> picture_measures() {
  return {
      {"saliency_correlation", "Saliency correlation", "Correlation of what stands out, by spectral residual (Hou and Zhang 2007), 64x64.",
       true, [](const View& photo, const View& result, const View*) { return correlation(photo.saliency, result.saliency); }},
      {"ssim", "SSIM", "Structural similarity of luminance (Wang et al. 2004), window 11x11.", true,
       [](const View& photo, const View& result, const View*) { return ssim(photo.luminance, result.luminance); }}};
}

std::vector<Measure> content_measures() {
  return {{"content_distance", "Content distance", "Mean squared difference of VGG's relu2_2.", false,
           [](const View& photo, const View& result, const View*) { return content_distance(*result.features, *photo.features); }}};
}

std::vector<Measure> style_measures() {
  return {{"style_distance", "Style distance",
           "Squared difference of the Gram matrices of result and painting, divided by the painting's squared, averaged over relu1_2, "
           "relu2_2, relu3_3 and relu4_3 of VGG.",
           false,
           of_painting([](const View& result, const View& painting) { return style_distance(*result.features, *painting.features); })}};
}

std::vector<Measure> colour_measures() {
  return {{"colour_distance", "Colour distance",
           "Wasserstein distance of the colours of result and painting as normal distributions in CIELAB, in Delta E.", false,
           of_painting([](const View& result, const View& painting) { return colour_distance(result.colours, painting.colours); })}};
}

}  // namespace impasto
