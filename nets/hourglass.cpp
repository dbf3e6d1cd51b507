#include "nets/hourglass.h"

#include <string_view>

#include "layers/arithmetic.h"
#include "layers/concat.h"
#include "layers/pooling.h"
#include "layers/upsample.h"
#include "nets/activations.h"
#include "nets/hourglass_architecture.h"

namespace impasto {
// One pass through the network.
struct Hourglass::Walk {
  const std::map<std::string, NormedConvolution>& convolutions;

  Variable inception(const std::string& name, char kind, const Variable& x) const {
    std::vector<Variable> parts{convolutions.at(name + "/1x1")(x)};
    for (const InceptionBranch& branch : inception_module(kind).branches) {
      const std::string wide = name + "/" + branch.name();
      parts.push_back(convolutions.at(wide + "/out")(convolutions.at(wide + "/in")(x)));
    }
    const LayerScope scope(name);
    return concat(parts);
  }

  // Modules first + 1, first + 2, ... of a path. x is let go of as soon as the first has read it.
  Variable chain(const std::string& path, std::string_view kinds, size_t first, Variable x) const {
    for (size_t i = 0; i < kinds.size(); i++) x = inception(path + std::to_string(first + i + 1), kinds[i], x);
    return x;
  }

  // The skip path stands before the deep one on the tape: the gradient of this level's large input is then made last.
  Variable level(size_t number, Variable x) const {
    const HourglassLevel& l = hourglass_level(number);
    const std::string name = "level" + std::to_string(number);
    const auto named = [&](const char* part, const auto& run) {
      const LayerScope scope(name + part);
      return run();
    };
    Variable y = named("/pool", [&] { return l.max_pooled ? max_pool(x, 2, 2) : average_pool(x, 2, 2); });
    Variable skip = chain(name + "/skip", l.skip, 0, std::move(x));
    y = chain(name + "/deep", l.before, 0, std::move(y));
    if (number > 1) y = level(number - 1, std::move(y));
    y = chain(name + "/deep", l.after, l.before.size(), std::move(y));
    y = named("/up", [&] { return upsample_nearest(y, 2); });
    return named("/sum", [&] { return add(std::move(y), skip); });
  }
};

Hourglass::Hourglass(Backend& backend, const HourglassWeights& weights, Parameters::Use use) : backend_(&backend) {
  const bool trained = use == Parameters::Use::trained;
  for (const auto& [name, shape] : hourglass_parameters()) {
    const auto kept = is_hourglass_statistic(name) || !trained ? Parameters::Use::kept : use;
    parameters_.declare(name, shape, kept);
  }
  parameters_.fill(backend, weights.parameters, weights.source, "the depth hourglass");
  for (const HourglassConvolution& c : hourglass_convolutions())
    convolutions_.emplace(c.name, NormedConvolution(parameters_, c.name, trained));
  if (!trained) parameters_ = {};
}

Variable Hourglass::operator()(const Variable& rgb) const {
  const Shape& s = rgb.shape();
  if (s.c != 3 || s.h % multiple != 0 || s.w % multiple != 0)
    throw ShapeError("the depth network takes pictures of 3 channels whose sides are multiples of 16, not " + std::to_string(s.w) + "x" +
                     std::to_string(s.h) + " pixels of " + std::to_string(s.c) + "; resize or crop them first");
  const Walk walk{convolutions_};
  return from_activations(convolutions_.at("head")(walk.level(4, convolutions_.at("stem")(to_activations(rgb))), false));
}

}  // namespace impasto
