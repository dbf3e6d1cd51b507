#include "nets/paint.h"

#include <algorithm>
#include <cmath>

#include "loaders/resize.h"

namespace impasto {
namespace {

Picture shrunk(const Picture& picture, int times) {
  const auto side = [&](int s) { return std::max(1, int(std::lround(std::ldexp(s, -times)))); };
  return resize(picture, side(picture.width), side(picture.height));
}

void check_size(const Vgg& network, const ObjectiveSettings& objective, const Picture& picture, const std::string& what) {
  const std::vector<std::string> layers = objective.layers();
  const int least = network.least_side(layers);
  if (picture.width >= least && picture.height >= least) return;
  throw ShapeError(what + " has " + std::to_string(picture.width) + "x" + std::to_string(picture.height) +
                   " pixels to work with; the layers asked for need at least " + std::to_string(least) +
                   " on each side: take a larger picture, fewer scales or shallower layers");
}

// Grey noise as bright as the network's mean, strong enough that its features differ from place to place.
Tensor noise(Backend& backend, const Tensor& like, uint64_t seed) {
  constexpr double deviation = 25;
  Tensor normal = like.like(), y = like.like();
  backend.random_normal(seed, 0, normal);
  backend.unary(Unary::affine, deviation, 0, normal, y);
  return y;
}

std::optional<Mask> content_mask(const PaintSettings& settings, const Picture& photo) {
  if (!settings.content_mask) return {};
  return make_mask(*settings.content_mask, photo.width, photo.height);
}

void clamp_values(Picture& picture) {
  for (float& value : picture.rgb) value = std::clamp(value, 0.0f, 1.0f);
}

}  // namespace

ObjectiveSettings objective_of(const PaintSettings& settings) {
  ObjectiveSettings objective = settings.objective;
  objective.masked_paintings = int(settings.style_masks.size());
  return objective;
}

Painted paint(const Vgg& network, const Picture& photo, const std::vector<Picture>& paintings, const PaintSettings& settings,
              const PaintWatch& watch, const DepthNetwork* depth) {
  if (settings.scales < 1 || settings.scales > 16)
    throw UsageError("the number of scales must be from 1 to 16, not " + std::to_string(settings.scales));
  Backend& backend = network.backend();
  // L-BFGS remembers many pictures; in lanes they would be mostly padding.
  const int lanes = settings.optimize.method == Method::lbfgs ? 1 : backend.lanes_for(3);
  const auto tensor_of = [&](const Picture& picture) { return to_network(backend, picture, network.preprocessing(), lanes); };

  Painted painted;
  Objective objective(network, objective_of(settings), depth);
  painted.terms = objective.term_names();
  for (int scale = 0; scale < settings.scales; scale++) {
    const int times = settings.scales - 1 - scale;
    const Picture small = shrunk(photo, times);
    check_size(network, settings.objective, small, "the photo");
    std::vector<Tensor> styles;
    for (size_t k = 0; k < paintings.size(); k++) {
      const Picture style = shrunk(paintings[k], times);
      check_size(network, settings.objective, style, paintings.size() == 1 ? "the painting" : "painting " + std::to_string(k + 1));
      styles.push_back(tensor_of(style));
    }
    std::vector<Mask> masks;
    for (const MaskSpec& mask : settings.style_masks) masks.push_back(make_mask(mask, small.width, small.height));
    objective.set_style(styles, settings.blend, masks);
    styles.clear();
    Tensor start = tensor_of(small);
    objective.set_content(start, content_mask(settings, small));
    if (scale > 0) {
      start = tensor_of(resize(painted.picture, small.width, small.height));
    } else if (settings.start == Start::noise) {
      start = noise(backend, start, settings.seed);
    }
    backend.pool()->trim();  // what another size has left behind fits nothing here
    Variable picture(start, true);
    start = {};
    const auto on_step = [&](const OptimizeStep& losses, const Variable& x) {
      painted.steps++;
      return !watch || watch({scale, settings.scales, small.width, small.height, painted.steps, settings.scales * settings.optimize.steps,
                              losses, objective, x.value(), [&] { return from_network(x.value(), network.preprocessing()); }});
    };
    painted.result = optimize(objective, picture, settings.optimize, on_step);
    painted.picture = from_network(picture.value(), network.preprocessing());
    clamp_values(painted.picture);
    if (painted.result.ending != Ending::finished) break;
  }
  painted.picture = resize(painted.picture, photo.width, photo.height);
  painted.picture.alpha = photo.alpha;
  return painted;
}

}  // namespace impasto
