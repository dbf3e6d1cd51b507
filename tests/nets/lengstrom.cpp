// Names, axes and arithmetic of lengstrom's checkpoints against PyTorch (tests/reference/lengstrom.py).
#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "nets/transform.h"
#include "nets/transform_names.h"
#include "tests/reference/formula.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

struct Layer {
  const char* name;
  std::vector<int64_t> shape;  // [R, S, inputs, outputs], of up1 and up2 [R, S, outputs, inputs]
};

NamedArrays checkpoint() {
  const Layer layers[] = {{"conv1", {9, 9, 3, 4}}, {"conv2", {3, 3, 4, 6}}, {"conv3", {3, 3, 6, 7}}, {"res1a", {3, 3, 7, 7}}, {"res1b", {3, 3, 7, 7}},
                          {"res2a", {3, 3, 7, 7}}, {"res2b", {3, 3, 7, 7}}, {"up1", {3, 3, 5, 7}},   {"up2", {3, 3, 4, 5}},   {"conv9", {9, 9, 4, 3}}};
  NamedArrays arrays;
  uint32_t seed = 500;
  for (const Layer& layer : layers) {
    const std::string name = layer.name;
    const bool up = name.starts_with("up");
    const int64_t inputs = layer.shape[up ? 3 : 2], outputs = layer.shape[up ? 2 : 3], taps = layer.shape[0] * layer.shape[1];
    const float bound = 2.0f / std::sqrt(float(taps * inputs));
    Array weight{layer.shape, {}}, beta{{outputs}, {}}, gamma{{outputs}, {}};
    for (int64_t i = 0; i < taps * inputs * outputs; i++) weight.values.push_back(formula::value(uint32_t(i), seed) * bound);
    for (int64_t i = 0; i < outputs; i++) {
      beta.values.push_back(0.1f * formula::value(uint32_t(i), seed + 1));
      gamma.values.push_back(1.0f + 0.5f * formula::value(uint32_t(i), seed + 2));
    }
    seed += 3;
    arrays[name + ".weight"] = weight;
    arrays[name + ".beta"] = beta;
    arrays[name + ".gamma"] = gamma;
  }
  return arrays;
}

void check(Backend& backend, double tolerance) {
  NamedTransform named = transform_from_names(checkpoint());
  TransformWeights weights;
  weights.architecture = named.architecture;
  weights.preprocessing = preprocessing(named.preprocessing);
  weights.parameters = std::move(named.parameters);
  const TransformNet network(backend, weights);
  const Recorded recorded("lengstrom.h5");
  for (const auto& [name, height, width] : {std::tuple("even", 24, 20), std::tuple("odd", 21, 27)}) {
    CAPTURE(name);
    const Shape shape{1, 3, height, width};
    const NoGrad nothing_recorded;
    const Tensor x = from_host(backend, shape, formula::picture(1, 5, height, width).data(), backend.lanes_for(3));
    const Tensor y = network(Variable(x)).value();
    const std::vector<int> wanted = recorded.shape(name);
    REQUIRE(y.shape() == Shape{wanted[0], wanted[1], wanted[2], wanted[3]});
    const std::vector<double> truth = recorded.values(name), ours = to_host_f64(y);
    double worst = 0;
    for (size_t i = 0; i < truth.size(); i++) worst = std::max(worst, std::abs(truth[i] - ours[i]));
    CHECK(worst / 255 <= tolerance);
  }
}

}  // namespace

TEST_CASE("lengstrom's checkpoints paint what TensorFlow's rules say, at odd sides too") {
  const auto exact = make_reference_backend(Dtype::f64);
  check(*exact, 1e-6);
  const auto cpu = make_cpu_backend();
  check(*cpu, tolerance::f32);
}
