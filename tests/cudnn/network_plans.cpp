// cuDNN has an engine for every convolution that the networks here ask for: found without a GPU, by running the networks on a backend that
// computes nothing, and building each plan for a described device.
#include <doctest/doctest.h>

#include "kernels/cuda/convolution_plans.h"
#include "layers/case.h"
#include "layers/gram.h"
#include "nets/conditional.h"
#include "nets/hourglass.h"
#include "nets/transform.h"
#include "nets/vgg.h"
#include "tests/cudnn/described.h"
#include "tests/cudnn/recording_backend.h"

using namespace impasto;

namespace {

Tensor picture(Backend& backend, Shape shape) { return Tensor(backend, shape, backend.lanes_for(shape.c)); }

VggWeights blank_vgg(const std::string& name) {
  VggWeights weights{name, vgg_architecture(name), preprocessing("caffe"), {}};
  int64_t inputs = 3;
  for (size_t b = 0; b < weights.architecture.blocks.size(); b++)
    for (size_t c = 0; c < weights.architecture.blocks[b].size(); c++) {
      const int64_t width = weights.architecture.blocks[b][c];
      const std::string conv = "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1);
      weights.parameters[conv + "/weight"] = {{width, inputs, 3, 3}, std::vector<float>(size_t(width * inputs * 9))};
      weights.parameters[conv + "/bias"] = {{width}, std::vector<float>(size_t(width))};
      inputs = width;
    }
  return weights;
}

/// A picture, or several, and the gradient of what a VGG thinks of it: features, and Gram matrices of all, masked or not.
void judge(Backend& backend, const std::string& vgg_name, const std::string& deepest, Shape shape) {
  const Vgg vgg(backend, blank_vgg(vgg_name), {deepest});
  const Variable x(picture(backend, shape), true);
  const Variable y = vgg.features(x, {deepest}).at(deepest);
  backward_from(y, y.value());
  const std::vector<std::string> layers{"relu1_2", "relu2_2", "relu3_3", "relu4_3", deepest};
  for (const auto& [name, features] : vgg.features(x, layers)) {
    const Tensor mask(backend, {1, 1, features.shape().h, features.shape().w});
    for (const Variable& matrix : {gram(Variable(features.value(), true)), masked_gram(Variable(features.value(), true), mask)})
      backward_from(matrix, matrix.value());
  }
}

/// Of all styles, for each image; undefined for networks of one style.
Variable blend_of(Backend& backend, const TransformArchitecture& architecture, int images) {
  if (architecture.styles == 0) return {};
  return style_blend(backend, std::vector(size_t(images), std::vector<double>(size_t(architecture.styles), 1.0)));
}

void paint(Backend& backend, const TransformArchitecture& architecture, Shape shape) {
  const NoGrad no_grad;
  const TransformNet net(backend, fresh_transform(architecture, "byte", 1));
  net(Variable(picture(backend, shape)), blend_of(backend, architecture, shape.n));
}

void train(Backend& backend, const TransformArchitecture& architecture, Shape shape) {
  const TransformNet net(backend, fresh_transform(architecture, "byte", 1), Parameters::Use::trained);
  const Variable y = net(Variable(picture(backend, shape)), blend_of(backend, architecture, shape.n));
  backward_from(y, y.value());
}

void see_depth(Backend& backend, Parameters::Use use, Shape shape) {
  const Hourglass network(backend, fresh_hourglass(1), use);
  const Variable x(picture(backend, shape), true);
  const Variable y = network(x);
  backward_from(y, y.value());
}

using Keys = std::map<std::string, ConvolutionKey>;

const Keys& network_convolutions() {
  static const Keys keys = [] {
    RecordingBackend backend;
    std::vector<TransformArchitecture> architectures{conditional_architecture(26), conditional_architecture(1, 0.3)};
    for (const std::string name : {"johnson", "johnson-half", "pytorch-examples", "lengstrom"})
      architectures.push_back(transform_architecture("transform:" + name));
    for (const TransformArchitecture& architecture : architectures) {
      paint(backend, architecture, {1, 3, 512, 384});
      train(backend, architecture, {4, 3, 256, 256});
    }
    for (const std::string name : {"vgg16", "vgg19"}) {
      judge(backend, name, name == "vgg16" ? "relu5_3" : "relu5_4", {1, 3, 512, 384});
      judge(backend, name, "relu4_3", {4, 3, 256, 256});
    }
    see_depth(backend, Parameters::Use::trained, {4, 3, 256, 256});
    see_depth(backend, Parameters::Use::frozen, {1, 3, 512, 384});
    return backend.recorded();
  }();
  return keys;
}

Keys layer_convolutions() {
  RecordingBackend backend;
  for (const LayerCases& layer : all_layers())
    for (const Case& c : layer.cases) {
      std::vector<Variable> inputs;
      for (const Input& input : c.inputs) {
        const int lanes = input.role == Input::Role::activation ? backend.lanes_for(input.shape.c) : 1;
        inputs.emplace_back(Tensor(backend, input.shape, lanes), input.differentiable);
      }
      const Variable y = c.run(inputs);
      if (y.requires_grad()) backward_from(y, y.value());
    }
  return backend.recorded();
}

/// Every kind of number that a convolution may be asked for in.
std::vector<ConvolutionKey> in_all_numbers(ConvolutionKey key) {
  ConvolutionKey tf32 = key, half = key;
  tf32.tf32 = true;
  half.dtype = Dtype::bf16;
  return {key, tf32, half};
}

void check_all_have_engines(const Keys& keys, const std::string& device) {
  REQUIRE(!keys.empty());
  ConvolutionPlans plans(described(device));
  for (const auto& [text, recorded] : keys)
    for (const ConvolutionKey& key : in_all_numbers(recorded)) {
      try {
        plans.plan(key);
      } catch (const Error& error) {
        FAIL_CHECK(error.what());
      }
    }
}

}  // namespace

TEST_CASE("every convolution of the networks has an engine on sm_90") { check_all_have_engines(network_convolutions(), "sm_90"); }
TEST_CASE("every convolution of the networks has an engine on sm_80") { check_all_have_engines(network_convolutions(), "sm_80"); }
TEST_CASE("the Gram matrices of the networks are among them, as weight gradients of 1x1 convolutions and as such convolutions") {
  const auto asked = [&](ConvolutionKind kind, int channels) {
    for (const auto& [text, key] : network_convolutions())
      if (key.kind == kind && key.n == 1 && key.c == channels && key.k == channels && key.r == 1 && !key.bias) return true;
    return false;
  };
  for (const int channels : {64, 128, 256, 512}) {
    CHECK(asked(ConvolutionKind::weight_gradient, channels));
    CHECK(asked(ConvolutionKind::forward, channels));
  }
}
TEST_CASE("Gram matrices of bf16 features are of f32, by TF32, which multiplies bf16 exactly") {
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
    RecordingBackend backend;
    const Tensor x(backend, {1, 64, 8, 8}, 64, dtype);
    Tensor y(backend, {1, 1, 64, 64});
    backend.gram(x, nullptr, 1, y);
    REQUIRE(backend.recorded().size() == 1);
    const ConvolutionKey& key = backend.recorded().begin()->second;
    CHECK(key.dtype == Dtype::f32);
    CHECK(key.tf32 == (dtype == Dtype::bf16));
  }
}
TEST_CASE("cuDNN is asked for the same pads on opposite sides only") {
  for (const Keys& keys : {network_convolutions(), layer_convolutions()})
    for (const auto& [text, key] : keys) {
      CAPTURE(text);
      CHECK(key.pad_top == key.pad_bottom);
      CHECK(key.pad_left == key.pad_right);
    }
}
TEST_CASE("every convolution of the layers' cases has an engine") {
  for (const std::string device : {"sm_90", "sm_80"}) check_all_have_engines(layer_convolutions(), device);
}
