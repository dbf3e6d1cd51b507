#include "nets/stylize.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/plan/backend.h"
#include "layers/pad.h"
#include "layers/planar.h"
#include "nets/activations.h"
#include "nets/conditional.h"

namespace impasto {
namespace {

// The least side from `side` on that the network gives back whole once its lost border has been put around it by reflection.
int whole_side(const TransformArchitecture& a, int side) {
  const int least = a.padding == TransformPadding::none ? a.lost_border() + 1 : a.least_side();
  const int step = a.multiple();
  return (std::max(side, least) + step - 1) / step * step;
}

// Weights that sum to 1, for one picture.
Variable blend_for(const TransformNet& network, std::vector<double> weights) {
  const int styles = network.architecture().styles;
  if (styles == 1 && weights.empty()) weights = {1};
  if (int(weights.size()) != styles) {
    const std::string holds =
        styles == 0 ? "one style, which takes no weight" : std::to_string(styles) + " styles, each of which takes a weight";
    throw UsageError(network.source() + " holds " + holds + ", but " + std::to_string(weights.size()) + " were given");
  }
  if (styles == 0) return {};
  const bool good = std::all_of(weights.begin(), weights.end(), [](double w) { return w >= 0 && std::isfinite(w); });
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!good || !(sum > 0) || !std::isfinite(sum)) throw UsageError("the weights of styles must be at least 0, and not all of them 0");
  for (double& w : weights) w /= sum;
  return style_blend(network.backend(), {weights});
}

// x: planar, of the photo's size, given up; and so is what comes back.
Tensor painted(const TransformNet& network, Variable x, const Variable& blend) {
  const NoGrad no_grad;
  const TransformArchitecture& a = network.architecture();
  const Shape photo = x.shape();
  const int more_h = whole_side(a, photo.h) - photo.h, more_w = whole_side(a, photo.w) - photo.w;
  if (more_h > 0 || more_w > 0) x = pad(x, Pads{0, 0, more_h, more_w}, Padding::replicate);
  if (a.padding == TransformPadding::none) x = pad(x, a.lost_border(), Padding::reflect);
  x = to_activations(x);
  x = network(std::move(x), blend);
  if (x.shape() != photo) x = crop(x, 0, 0, photo.h, photo.w);
  if (is_planar(x.value())) return x.value();
  Tensor y = planar(x.backend(), photo);
  x.backend().convert(x.value(), {y});
  return y;
}

// To 0..1; whether all of them are numbers.
bool clamp_values(std::vector<float>& values) {
  int64_t wrong = 0;
  const int64_t count = int64_t(values.size());
#pragma omp parallel for reduction(+ : wrong)
  for (int64_t i = 0; i < count; i++) {
    wrong += !(values[size_t(i)] == values[size_t(i)]);
    values[size_t(i)] = std::clamp(values[size_t(i)], 0.0f, 1.0f);
  }
  return wrong == 0;
}

}  // namespace

Picture stylize(const TransformNet& network, const Picture& photo, const std::vector<double>& blend) {
  const Variable weights = blend_for(network, blend);
  const Tensor y = painted(network, Variable(to_network(network.backend(), photo, network.preprocessing(), 1)), weights);
  Picture result = from_network(y, network.preprocessing());
  if (!clamp_values(result.rgb))
    throw Error(network.source() + ": the network painted values that are not numbers; its weights are damaged or not for this photo");
  result.alpha = photo.alpha;
  result.bits = photo.bits;
  return result;
}

size_t stylize_memory(const TransformWeights& weights, int width, int height) {
  const auto plan = make_plan_backend();
  const TransformNet network(*plan, weights);
  const int styles = weights.architecture.styles;
  const Variable blend = blend_for(network, std::vector<double>(size_t(styles), 1));
  painted(network, Variable(Tensor(*plan, {1, 3, height, width})), blend);
  return plan->pool()->usage().peak;
}

}  // namespace impasto
