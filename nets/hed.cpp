#include "nets/hed.h"

#include "kernels/plan/backend.h"
#include "layers/activations.h"
#include "layers/concat.h"
#include "layers/conv2d.h"
#include "layers/pooling.h"
#include "layers/resize.h"
#include "loaders/resize.h"
#include "nets/activations.h"
#include "nets/preprocessing.h"
#include "nets/vgg.h"

namespace impasto {
namespace {

VggArchitecture trunk_of(const std::string& architecture) {
  try {
    if (architecture == "hed" || architecture.starts_with("hed:")) {
      VggArchitecture trunk = vgg_architecture("vgg16" + architecture.substr(3));
      if (trunk.blocks.size() == 5) return trunk;
    }
  } catch (const UsageError&) {  // it would speak of VGG
  }
  throw UsageError("\"" + architecture +
                   "\" is no HED; known are hed and, with a width of 1 to 4096 for each of its 5 blocks, hed:4,6,8,10,12");
}

// From 1.
std::string conv_name(size_t block, size_t number) { return "conv" + std::to_string(block) + '_' + std::to_string(number); }
std::string side_name(size_t block) { return "side" + std::to_string(block); }

}  // namespace

std::vector<std::pair<std::string, Shape>> hed_parameters(const std::string& architecture) {
  std::vector<std::pair<std::string, Shape>> all;
  const auto layer = [&](const std::string& name, Shape weight) {
    all.emplace_back(name + "/weight", weight);
    all.emplace_back(name + "/bias", Shape{1, weight.n, 1, 1});
  };
  const auto blocks = trunk_of(architecture).blocks;
  int inputs = 3;
  for (size_t b = 1; b <= blocks.size(); b++) {
    for (size_t c = 1; c <= blocks[b - 1].size(); c++) {
      const int outputs = blocks[b - 1][c - 1];
      layer(conv_name(b, c), {outputs, inputs, 3, 3});
      inputs = outputs;
    }
    layer(side_name(b), {1, inputs, 1, 1});
  }
  layer("fuse", {1, int(blocks.size()), 1, 1});
  return all;
}

Hed::Hed(Backend& backend, const HedWeights& weights) : backend_(&backend), source_(weights.source) {
  for (const auto& [name, shape] : hed_parameters(weights.architecture)) parameters_.declare(name, shape, Parameters::Use::frozen);
  parameters_.fill(backend, weights.parameters, weights.source, "HED");
}

Variable Hed::convolution(const std::string& name, const Variable& x, bool relu) const {
  const LayerScope scope(name);
  const Variable& weight = parameters_[name + "/weight"];
  return conv2d(x, weight, parameters_[name + "/bias"], {.pad = (weight.shape().h - 1) / 2, .relu = relu});
}

Variable Hed::operator()(const Variable& picture) const {
  const Shape s = picture.shape();
  if (s.c != 3 || s.h < least_side || s.w < least_side)
    throw ShapeError("HED takes pictures of 3 channels and at least " + std::to_string(least_side) + "x" + std::to_string(least_side) +
                     " pixels, not of " + std::to_string(s.c) + " channels and " + std::to_string(s.w) + "x" + std::to_string(s.h));
  Variable x = to_activations(picture);
  std::vector<Variable> sides;
  for (size_t b = 1; has(side_name(b)); b++) {
    if (b > 1) {
      const LayerScope scope("pool" + std::to_string(b - 1));
      x = max_pool(x, 2, 2, 0, true);
    }
    for (size_t c = 1; has(conv_name(b, c)); c++) x = convolution(conv_name(b, c), x, true);
    // One channel costs nothing in the master dtype, and a sigmoid shows what is coarser.
    const Variable side = from_activations(convolution(side_name(b), x, false));
    const LayerScope scope(side_name(b));
    sides.push_back(b == 1 ? side : resize_bilinear(side, s.h, s.w));
  }
  const LayerScope scope("fuse");
  return sigmoid(convolution("fuse", concat(sides), false));
}

Plane edge_map(const Hed& network, const Picture& picture, const InputSize& size) {
  const NoGrad nothing_recorded;
  const auto seen = [&](const Picture& p) { return network(Variable(to_network(network.backend(), p, preprocessing("hed")))); };
  if (size.width == 0) return to_plane(seen(picture), picture.width, picture.height, network.source());
  const InputSize fed = rounded_size(size, picture.width, picture.height, 1, Hed::least_side);
  return to_plane(seen(resize(picture, fed.width, fed.height)), picture.width, picture.height, network.source());
}

size_t edge_map_memory(const HedWeights& weights, int width, int height) {
  const NoGrad nothing_recorded;
  const auto plan = make_plan_backend();
  const Hed network(*plan, weights);
  network(Variable(Tensor(*plan, {1, 3, height, width}, plan->lanes_for(3))));
  return plan->pool()->usage().peak;
}

}  // namespace impasto
