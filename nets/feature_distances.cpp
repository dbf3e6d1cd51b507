#include "nets/feature_distances.h"

#include <map>

#include "layers/gram.h"
#include "layers/losses.h"
#include "nets/objective_settings.h"

namespace impasto {
namespace {

const std::vector<WeightedLayer>& style_layers() {
  static const std::vector<WeightedLayer> layers = ObjectiveSettings{}.style;
  return layers;
}

const std::string& content_layer() {
  static const std::string layer = ObjectiveSettings{}.content.front().name;
  return layer;
}

}  // namespace

std::vector<std::string> feature_distance_layers() {
  std::vector<std::string> layers{content_layer()};
  for (const WeightedLayer& layer : style_layers()) add_layer(layers, layer.name);
  return layers;
}

SeenFeatures seen_features(const Vgg& network, const Picture& picture) {
  const NoGrad no_grad;
  SeenFeatures seen;
  std::map<std::string, std::vector<float>> grams;
  const Tensor x = to_network(network.backend(), picture, network.preprocessing());
  network.visit(Variable(x), feature_distance_layers(), [&](const std::string& layer, const Variable& features) {
    if (layer == content_layer()) seen.content = features.value();
    grams[layer] = to_host(gram(features).value());
  });
  for (const WeightedLayer& layer : style_layers()) seen.grams.push_back(std::move(grams.at(layer.name)));
  return seen;
}

double content_distance(const SeenFeatures& result, const SeenFeatures& photo) {
  const NoGrad no_grad;
  return scalar(mean_squared_error(Variable(result.content), photo.content).value());
}

double style_distance(const SeenFeatures& result, const SeenFeatures& painting) {
  double mean = 0;
  for (size_t layer = 0; layer < painting.grams.size(); layer++) {
    double difference = 0, whole = 0;
    for (size_t i = 0; i < painting.grams[layer].size(); i++) {
      const double a = painting.grams[layer][i], d = result.grams[layer][i] - a;
      difference += d * d, whole += a * a;
    }
    mean += difference / whole / double(painting.grams.size());
  }
  return mean;
}

}  // namespace impasto
