#include "nets/hourglass.h"

#include <string_view>

#include "layers/arithmetic.h"
#include "layers/concat.h"
#include "layers/conv2d.h"
#include "layers/pooling.h"
#include "layers/upsample.h"
#include "nets/activations.h"
#include "nets/fold_norm.h"
#include "nets/hourglass_architecture.h"

namespace impasto {
namespace {

constexpr double eps = 1e-5;

}  // namespace

// One pass through the network.
struct Hourglass::Walk {
  const std::map<std::string, Convolution>& convolutions;

  // With its norm and ReLU, as all but the head have them.
  Variable convolution(const std::string& name, const Variable& x, bool normed = true) const {
    const LayerScope scope(name);
    const Convolution& c = convolutions.at(name);
    const int pad = (c.weight.shape().h - 1) / 2;
    RunningStatistics running = c.running;
    if (!normed || !running.mean.defined()) return conv2d(x, c.weight, c.bias, {.pad = pad, .relu = normed});
    return batch_norm(conv2d(x, c.weight, c.bias, {.pad = pad}), c.gamma, c.beta, running, 0.1, eps, true);
  }

  Variable inception(const std::string& name, char kind, const Variable& x) const {
    std::vector<Variable> parts{convolution(name + "/1x1", x)};
    for (const InceptionBranch& branch : inception_module(kind).branches) {
      const std::string wide = name + "/" + branch.name();
      parts.push_back(convolution(wide + "/out", convolution(wide + "/in", x)));
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
  for (const HourglassConvolution& c : hourglass_convolutions()) {
    Convolution found = declared(c.name);
    if (!trained && c.normed) {
      fold_norm(found.weight, found.bias, found.gamma, found.beta, found.running, eps);
      found.running = {};
    }
    convolutions_.emplace(c.name, std::move(found));
  }
  if (!trained) parameters_ = {};
}

Hourglass::Convolution Hourglass::declared(const std::string& name) const {
  const auto& all = parameters_.all();
  const auto find = [&](const char* part) {
    const auto found = all.find(name + part);
    return found == all.end() ? Variable() : found->second;
  };
  return {find("/weight"), find("/bias"), find("/gamma"), find("/beta"), {find("/running_mean").value(), find("/running_var").value()}};
}

Variable Hourglass::operator()(const Variable& rgb) const {
  const Shape& s = rgb.shape();
  if (s.c != 3 || s.h % 16 != 0 || s.w % 16 != 0)
    throw ShapeError("the depth network takes pictures of 3 channels whose sides are multiples of 16, not " + std::to_string(s.w) + "x" +
                     std::to_string(s.h) + " pixels of " + std::to_string(s.c) + "; resize or crop them first");
  const Walk walk{convolutions_};
  return from_activations(walk.convolution("head", walk.level(4, walk.convolution("stem", to_activations(rgb))), false));
}

}  // namespace impasto
