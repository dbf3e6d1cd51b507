#include "nets/objective_settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/error.h"

namespace impasto {

void add_layer(std::vector<std::string>& layers, const std::string& layer) {
  if (std::find(layers.begin(), layers.end(), layer) == layers.end()) layers.push_back(layer);
}

void check_weight(const std::string& what, double weight) {
  if (!(weight >= 0) || !std::isfinite(weight))
    throw UsageError("the weight of " + what + " must be a number from 0 on, not " + std::to_string(weight));
}

std::vector<double> blend_of(std::vector<double> blend, size_t paintings) {
  if (paintings == 0) throw UsageError("a style needs at least one painting");
  if (blend.empty()) blend.assign(paintings, 1);
  if (blend.size() != paintings)
    throw UsageError("the blend has " + std::to_string(blend.size()) + " weights for " + std::to_string(paintings) +
                     " paintings; give one each");
  double sum = 0;
  for (const double weight : blend) {
    check_weight("a painting in the blend", weight);
    sum += weight;
  }
  if (!(sum > 0)) throw UsageError("all weights of the blend are 0; at least one painting must count");
  for (double& weight : blend) weight /= sum;
  return blend;
}

std::vector<WeightedLayer> parse_layers(const std::string& text) {
  std::vector<WeightedLayer> layers;
  for (size_t at = 0; at < text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string item = text.substr(at, comma - at);
    const size_t colon = item.find(':');
    WeightedLayer layer{item.substr(0, colon)};
    if (colon != std::string::npos) {
      const char *begin = item.data() + colon + 1, *end = item.data() + item.size();
      const auto [next, error] = std::from_chars(begin, end, layer.weight);
      if (error != std::errc{} || next != end)
        throw UsageError("\"" + item + "\" is not a layer with its weight; write relu2_2 or relu2_2:0.5");
    }
    if (layer.name.empty()) throw UsageError("\"" + text + "\" has an empty place between commas; write relu1_2,relu2_2:0.5");
    layers.push_back(layer);
    at = comma + 1;
    if (comma + 1 == text.size()) throw UsageError("\"" + text + "\" ends in a comma; write relu1_2,relu2_2:0.5");
  }
  return layers;
}

std::vector<std::string> ObjectiveSettings::layers() const {
  std::vector<std::string> names;
  for (const auto* list : {&content, &style})
    for (const WeightedLayer& layer : *list) add_layer(names, layer.name);
  return names;
}

}  // namespace impasto
