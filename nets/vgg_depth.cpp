#include "nets/vgg_depth.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/random.h"
#include "layers/arithmetic.h"
#include "layers/concat.h"
#include "layers/pooling.h"
#include "layers/resize.h"
#include "layers/upsample.h"
#include "nets/activations.h"

namespace impasto {
namespace {

constexpr int width = 96;
constexpr double eps = 1e-5, momentum = 0.1;  // of the features' norm
const std::string shallow = "relu4_3", deep = "relu5_3", trunk = "trunk/", known_by = trunk + "conv5_3/bias";

struct Layer {
  const char* name;
  int inputs, outputs, kernel;
  bool normed;
};

VggArchitecture trunk_of(const std::string& architecture) {
  const std::string name = "vgg-depth";
  if (architecture == name || architecture.starts_with(name + ':')) {
    VggArchitecture vgg = vgg_architecture("vgg16" + architecture.substr(name.size()));
    if (vgg.blocks.size() == 5) return vgg;
  }
  throw UsageError('"' + architecture +
                   "\" is no depth network on VGG-16; known are vgg-depth and, with a width for each of its 5 blocks, "
                   "vgg-depth:4,6,8,10,12");
}

std::vector<Layer> layers(int features) {
  return {{"squeeze", features, width, 1, true}, {"at8", width, width, 3, true},   {"at16", width, width, 3, true},
          {"at32a", width, width, 3, true},      {"at32b", width, width, 3, true}, {"back16", 2 * width, width, 3, true},
          {"back8", 2 * width, width, 3, true},  {"head", width, 1, 3, false}};
}

int feature_channels(const std::string& architecture) {
  const auto blocks = trunk_of(architecture).blocks;
  return blocks[3].back() + blocks[4].back();
}

// The parameters whose names begin with trunk/, or the others.
NamedArrays part(const NamedArrays& all, bool of_trunk) {
  NamedArrays some;
  for (const auto& [name, array] : all)
    if (name.starts_with(trunk) == of_trunk) some[of_trunk ? name.substr(trunk.size()) : name] = array;
  return some;
}

}  // namespace

std::vector<std::pair<std::string, Shape>> vgg_depth_parameters(const std::string& architecture) {
  const int features = feature_channels(architecture);
  std::vector<std::pair<std::string, Shape>> all;
  const auto norm = [&](const std::string& name, int channels, bool affine) {
    for (const char* each : {"gamma", "beta"})
      if (affine) all.emplace_back(name + '/' + each, Shape{1, channels, 1, 1});
    for (const char* each : {"running_mean", "running_var"}) all.emplace_back(name + '/' + each, Shape{1, channels, 1, 1});
  };
  norm("features", features, false);
  for (const Layer& l : layers(features)) {
    all.emplace_back(std::string(l.name) + "/weight", Shape{l.outputs, l.inputs, l.kernel, l.kernel});
    all.emplace_back(std::string(l.name) + "/bias", Shape{1, l.outputs, 1, 1});
    if (l.normed) norm(l.name, l.outputs, true);
  }
  return all;
}

bool is_vgg_depth_constant(const std::string& parameter) {
  return parameter.starts_with(trunk) || parameter.find("/running_") != std::string::npos;
}

VggDepth::VggDepth(Backend& backend, const VggDepthWeights& weights, Parameters::Use use)
    : backend_(&backend),
      trunk_(backend, {weights.source, trunk_of(weights.architecture), weights.preprocessing, part(weights.parameters, true)},
             {shallow, deep}),
      trained_(use == Parameters::Use::trained) {
  for (const auto& [name, shape] : vgg_depth_parameters(weights.architecture))
    parameters_.declare(name, shape, is_vgg_depth_constant(name) || !trained_ ? Parameters::Use::kept : use);
  parameters_.fill(backend, part(weights.parameters, false), weights.source, "the depth network on VGG-16");
  of_features_ = {parameters_["features/running_mean"].value(), parameters_["features/running_var"].value()};
  for (const Layer& l : layers(feature_channels(weights.architecture)))
    convolutions_.emplace(l.name, NormedConvolution(parameters_, l.name, trained_));
  if (!trained_) parameters_ = {};
}

Variable VggDepth::features(const Variable& rgb) const {
  const Variable picture = between_spaces(scale(rgb, 255), preprocessing("byte"), trunk_.preprocessing());
  const Vgg::Features seen = trunk_.features(to_activations(picture), {shallow, deep});
  const Variable all = concat({seen.at(shallow), upsample_nearest(seen.at(deep), 2)});
  const LayerScope scope("features");
  RunningStatistics running = of_features_;
  return trained_ ? batch_norm(all, {}, {}, running, momentum, eps) : batch_norm_frozen(all, {}, {}, running, eps);
}

// [1, 1, H, W], farther at the top.
const Variable& VggDepth::ramp(const Shape& picture) const {
  const Shape shape{1, 1, picture.h, picture.w};
  if (ramp_.defined() && ramp_.shape() == shape) return ramp_;
  std::vector<float> values;
  for (int y = 0; y < shape.h; y++) values.insert(values.end(), size_t(shape.w), float(slope * (1 - (y + 0.5) / shape.h)));
  return ramp_ = Variable(from_host(*backend_, shape, values.data()));
}

Variable VggDepth::operator()(const Variable& rgb) const {
  const Shape& s = rgb.shape();
  if (s.c != 3 || s.h % multiple != 0 || s.w % multiple != 0)
    throw ShapeError("the depth network on VGG-16 takes pictures of 3 channels whose sides are multiples of 32, not " +
                     std::to_string(s.w) + "x" + std::to_string(s.h) + " pixels of " + std::to_string(s.c) + "; resize or crop them first");
  const auto layer = [&](const char* name) -> const NormedConvolution& { return convolutions_.at(name); };
  const Variable at8 = layer("at8")(layer("squeeze")(features(rgb)));
  const Variable at16 = layer("at16")(max_pool(at8, 2, 2));
  const Variable at32 = layer("at32b")(layer("at32a")(max_pool(at16, 2, 2)));
  const Variable back16 = layer("back16")(concat({at16, upsample_nearest(at32, 2)}));
  const Variable back8 = layer("back8")(concat({at8, upsample_nearest(back16, 2)}));
  return resize_bilinear(from_activations(layer("head")(back8, false)), s.h, s.w) + ramp(s);
}

bool has_trunk(const VggDepthWeights& weights) { return weights.parameters.contains(trunk + "conv1_1/weight"); }

VggDepthWeights without_trunk(VggDepthWeights weights) {
  std::erase_if(weights.parameters, [](const auto& p) { return p.first.starts_with(trunk) && p.first != known_by; });
  return weights;
}

VggDepthWeights with_trunk(VggDepthWeights weights, const VggWeights& vgg) {
  const auto mark = std::as_const(weights.parameters).find(known_by), found = vgg.parameters.find(known_by.substr(trunk.size()));
  const auto alike = [](float a, float b) { return std::abs(a - b) <= 1e-3f * std::abs(b) + 1e-6f; };  // f16's rounding
  if (mark == weights.parameters.end() || found == vgg.parameters.end() ||
      !std::ranges::equal(mark->second.values, found->second.values, alike))
    throw ShapeError(weights.source + " was taught on another VGG-16 than " + vgg.source + ", and its own is not in it; teach it on this one");
  for (const auto& [name, array] : vgg.parameters) weights.parameters[trunk + name] = array;
  return weights;
}

VggDepthWeights fresh_vgg_depth(const VggWeights& vgg, uint64_t seed) {
  if (!vgg.architecture.name.starts_with("vgg16") || vgg.architecture.blocks.size() != 5)
    throw UsageError(vgg.source + " is a " + vgg.architecture.name + "; this depth network stands on a VGG-16 of 5 blocks");
  VggDepthWeights fresh{"fresh weights of seed " + std::to_string(seed) + " on " + vgg.source,
                        "vgg-depth" + vgg.architecture.name.substr(5),
                        vgg.preprocessing,
                        {}};
  for (const auto& [name, array] : vgg.parameters) fresh.parameters[trunk + name] = array;
  uint64_t position = 0;
  for (const auto& [name, s] : vgg_depth_parameters(fresh.architecture)) {
    const bool vector = s.n == 1 && s.h == 1 && name.find("/weight") == std::string::npos;
    Array array{vector ? std::vector<int64_t>{s.c} : std::vector<int64_t>{s.n, s.c, s.h, s.w}, std::vector<float>(size_t(s.elements()))};
    const bool one = name.ends_with("/gamma") || name.ends_with("/running_var"),
               drawn = name.ends_with("/weight") || name.ends_with("/bias");
    const float bound = vector ? 0.03f : 1 / std::sqrt(float(s.h * s.w * s.c));
    for (float& value : array.values) value = drawn ? bound * (2 * random::uniform(seed, position++) - 1) : one ? 1.0f : 0.0f;
    fresh.parameters[name] = std::move(array);
  }
  return fresh;
}

}  // namespace impasto
