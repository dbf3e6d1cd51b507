#include "nets/monodepth.h"

#include "layers/activations.h"
#include "layers/arithmetic.h"
#include "layers/concat.h"
#include "layers/conv2d.h"
#include "layers/pooling.h"
#include "layers/upsample.h"
#include "nets/activations.h"
#include "nets/fold_norm.h"

namespace impasto {

Monodepth::Monodepth(Backend& backend, const MonodepthWeights& weights)
    : backend_(&backend), architecture_(monodepth_architecture(weights.architecture)) {
  const auto all = monodepth_convolutions(architecture_);
  Parameters parameters;
  for (const auto& [name, shape] : monodepth_parameters(architecture_)) parameters.declare(name, shape, Parameters::Use::kept);
  parameters.fill(backend, weights.parameters, weights.source, architecture_.name);
  for (const MonodepthConvolution& c : all) {
    Variable weight = parameters[c.name + "/weight"], bias;
    const auto part = [&](const char* name) { return parameters[c.name + name]; };
    if (c.normed) {
      fold_norm(weight, bias, part("/gamma"), part("/beta"), {part("/running_mean").value(), part("/running_var").value()}, 1e-5);
    } else {
      bias = part("/bias");
      Tensor(weight.value()).freeze();
      Tensor(bias.value()).freeze();
    }
    convolutions_[c.name] = {weight, bias, c.stride};
  }
}

// Of the encoder: zeros stand in the pads.
Variable Monodepth::convolution(const std::string& name, const Variable& x, bool relu) const {
  const LayerScope scope(name);
  const Convolution& c = convolutions_.at(name);
  return conv2d(x, c.weight, c.bias, {.stride = c.stride, .pad = (c.weight.shape().h - 1) / 2, .relu = relu});
}

// Of the decoder: the picture is reflected in the pads.
Variable Monodepth::upconvolution(const std::string& name, const Variable& x, int upsample) const {
  const LayerScope scope(name);
  const Convolution& c = convolutions_.at(name);
  return conv2d(x, c.weight, c.bias, {.pad = 1, .padding = Padding::reflect, .upsample = upsample});
}

Variable Monodepth::block(const std::string& name, Variable x) const {
  Variable y = convolution(name + "/conv1", x, true);
  y = convolution(name + "/conv2", y, architecture_.bottleneck);
  if (architecture_.bottleneck) y = convolution(name + "/conv3", y, false);
  if (convolutions_.contains(name + "/shortcut")) x = convolution(name + "/shortcut", x, false);
  const LayerScope scope(name);
  return relu(add(std::move(y), x));
}

Variable Monodepth::operator()(const Variable& rgb) const {
  const Shape& s = rgb.shape();
  if (s.c != 3 || s.h % multiple != 0 || s.w % multiple != 0 || s.h < least_side || s.w < least_side)
    throw ShapeError("monodepth2 takes pictures of 3 channels whose sides are multiples of 32 from 64 on, not " + std::to_string(s.w) +
                     "x" + std::to_string(s.h) + " pixels of " + std::to_string(s.c) + "; resize or crop them first");
  // Its own mean and deviation for all channels, behind which the pads are zero.
  Variable x = convolution("conv1", to_activations(affine(rgb, 1 / 0.225, -0.45 / 0.225)), true);
  std::vector<Variable> features{x};
  x = max_pool(x, 3, 2, 1);
  for (int layer = 1; layer <= 4; layer++) {
    for (int i = 1; i <= architecture_.blocks[size_t(layer) - 1]; i++)
      x = block("layer" + std::to_string(layer) + "/block" + std::to_string(i), std::move(x));
    features.push_back(x);
  }
  features.pop_back();
  for (int level = 4; level >= 0; level--) {
    const std::string name = "upconv" + std::to_string(level);
    x = elu(upconvolution(name + "_0", x));
    if (level > 0) {
      x = concat({upsample_nearest(x, 2), features.back()});
      features.pop_back();
    }
    x = elu(upconvolution(name + "_1", x, level > 0 ? 1 : 2));
  }
  return sigmoid(from_activations(upconvolution("dispconv0", x)));
}

}  // namespace impasto
