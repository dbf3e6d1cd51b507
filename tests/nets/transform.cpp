// Feed-forward networks against recorded PyTorch (tests/reference/README.md, transform.h5): outputs, input gradients and some
// parameter gradients, on the reference backend in f64 and on the cpu backend in f32.
#include "nets/transform.h"

#include <doctest/doctest.h>

#include <set>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "tests/nets/narrow_transform.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

// Both sides compute in f64 on the same numbers; some ten layers, each normalised by a variance.
constexpr double f64_bound = 1e-11;

struct Comparison {
  std::string group, architecture;
  Shape shape;
  std::string how = "byte";
  std::vector<std::string> gradients = {};
  Parameters::Use use = Parameters::Use::trained;
};

const std::vector<Comparison>& comparisons() {
  using narrow::body, narrow::examples, narrow::lengstrom, narrow::three_styles;
  static const std::vector<Comparison> all{
      {"reflect_start", body, {1, 3, 20, 24}, "byte", {"conv1/weight"}},
      {"none", body + ";padding=none", {1, 3, 28, 24}},
      {"zero", body + ";padding=zero", {1, 3, 19, 24}},
      {"reflect", body + ";padding=reflect", {1, 3, 20, 24}, "byte", {"res1/a/weight"}},
      {"replicate", body + ";padding=replicate", {1, 3, 20, 24}},
      {"batch_norm", body + ";padding=zero;norm=batch", {1, 3, 20, 24}, "unit", {}, Parameters::Use::frozen},
      {"batch_norm_training", body + ";padding=zero;norm=batch", {2, 3, 12, 16}, "byte", {"conv2/bias", "down1/gamma", "up1/weight"}},
      {"other_tokens",
       "transform:c3s1-4,d6,C5,R5,f5s2-4,d6,U2,f3s1-4,c9s1-3;padding=replicate",
       {1, 3, 20, 24},
       "byte",
       {"up2/gamma", "up3/weight"}},
      {"pytorch_examples", examples, {1, 3, 20, 24}},
      {"lengstrom", lengstrom, {1, 3, 20, 24}, "unit", {"up1/weight"}},
      {"lengstrom_odd", lengstrom, {1, 3, 21, 18}, "unit"},
      {"conditional", three_styles, {2, 3, 12, 16}, "unit", {"conv1/gamma", "conv4/beta"}},
  };
  return all;
}

std::string dataset_of(const std::string& parameter) {
  std::string name = "d_" + parameter;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

void check_against_recorded(Backend& backend, const Comparison& c, int lanes, double tolerance) {
  CAPTURE(c.group);
  const Recorded recorded("transform.h5");
  const auto wanted = [&](const std::string& name) { return recorded.values(c.group + "/" + name); };
  TransformNet network(backend, narrow::transform_weights(c.architecture, c.how), c.use);
  const Variable x(narrow::recorded_input(backend, c.shape, 1, 100, lanes), true);
  const Variable y = network(x, network.architecture().styles > 0 ? narrow::recorded_blend(backend) : Variable());
  const std::vector<int> s = recorded.shape(c.group + "/y");
  REQUIRE(y.shape() == Shape{s[0], s[1], s[2], s[3]});
  CHECK(narrow::error(to_host_f64(y.value()), wanted("y")) < tolerance);
  backward_from(y, narrow::recorded_input(backend, y.shape(), 4, 1, y.value().lanes()));
  CHECK(narrow::error(to_host_f64(x.grad()), wanted("dx")) < tolerance);
  for (const std::string& name : c.gradients) {
    CAPTURE(name);
    CHECK(narrow::error(to_host_f64(network.parameters()[name].grad()), wanted(dataset_of(name))) < tolerance);
  }
  for (const char* statistic : {"running_mean", "running_var"}) {
    if (!recorded.has(c.group + "/" + statistic)) continue;
    CHECK(narrow::error(to_host_f64(network.parameters()["res1/a/" + std::string(statistic)].value()), wanted(statistic)) < tolerance);
  }
}

}  // namespace

TEST_CASE("networks compute what PyTorch does: reference backend, f64") {
  for (const int lanes : {1, 8}) {
    CAPTURE(lanes);
    const auto backend = make_reference_backend(Dtype::f64, lanes);
    for (const Comparison& c : comparisons()) check_against_recorded(*backend, c, 1, f64_bound);
  }
}

TEST_CASE("networks compute what PyTorch does: cpu backend, f32, all lane counts") {
  for (const int lanes : {1, 8, 16}) {
    CAPTURE(lanes);
    const auto backend = make_cpu_backend({.lanes = lanes});
    for (const Comparison& c : comparisons()) check_against_recorded(*backend, c, 1, tolerance::winograd_f32);
  }
}

TEST_CASE("a picture in lanes is painted as a planar one is") {
  const auto backend = make_cpu_backend({.lanes = 8});
  check_against_recorded(*backend, comparisons()[0], 8, tolerance::winograd_f32);
}

TEST_CASE("every recorded group is compared") {
  std::set<std::string> compared, recorded;
  for (const Comparison& c : comparisons()) compared.insert(c.group);
  const Recorded file("transform.h5");
  for (const std::string& dataset : file.datasets()) recorded.insert(dataset.substr(0, dataset.find('/')));
  CHECK(compared == recorded);
}

TEST_CASE("what a network multiplies pixels by is applied on the way in and undone on the way out") {
  // A 1x1 convolution that passes pixels through shows the two factors; each channel has its own.
  const auto backend = make_reference_backend(Dtype::f64);
  TransformWeights weights = fresh_transform(transform_architecture("transform:c1s1-3;output=linear;padding=zero"), "torch", 1);
  weights.parameters["conv1/weight"].values = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  weights.parameters["conv1/bias"].values = {1, 2, 3};
  const TransformNet network(*backend, weights);
  const Tensor x = narrow::recorded_input(*backend, {2, 3, 2, 3});
  const std::vector<double> in = to_host_f64(x), out = to_host_f64(network(Variable(x)).value());
  for (size_t i = 0; i < in.size(); i++) {
    const size_t c = i / 6 % 3;
    CHECK(out[i] == doctest::Approx(in[i] + double(c + 1) / weights.preprocessing.scale[c]).epsilon(1e-6));
  }
}

TEST_CASE("one channel's factor for all joins the offset of the output") {
  const auto backend = make_reference_backend(Dtype::f64);
  TransformWeights weights = fresh_transform(transform_architecture("transform:c1s1-3;output=tanh:2:0.5;padding=zero"), "unit", 1);
  weights.parameters["conv1/weight"].values.assign(9, 0);
  weights.parameters["conv1/bias"].values = {-1, 0, 1};
  const TransformNet network(*backend, weights);
  const std::vector<double> y = to_host_f64(network(Variable(narrow::recorded_input(*backend, {1, 3, 1, 1}))).value());
  for (size_t c = 0; c < 3; c++) CHECK(y[c] == doctest::Approx(255 * (2 * std::tanh(double(c) - 1) + 0.5)));
}

TEST_CASE("fresh weights are those of fast-neural-style's beginning, the same for one seed and others for another") {
  const TransformArchitecture a = transform_architecture("transform:c9s1-8,d16,R16,u8,c9s1-3;norm=batch");
  const TransformWeights fresh = fresh_transform(a, "caffe", 7);
  CHECK(fresh.parameters.at("conv1/weight").values == fresh_transform(a, "caffe", 7).parameters.at("conv1/weight").values);
  CHECK(fresh.parameters.at("conv1/weight").values != fresh_transform(a, "caffe", 8).parameters.at("conv1/weight").values);
  CHECK(fresh.preprocessing.name == "caffe");
  const auto largest = [&](const std::string& name) {
    float most = 0;
    for (const float v : fresh.parameters.at(name).values) most = std::max(most, std::abs(v));
    return most;
  };
  const auto nearly = [](double bound) { return doctest::Approx(bound * 0.97).epsilon(0.035); };
  CHECK(largest("conv1/weight") == nearly(1 / std::sqrt(81.0 * 3)));
  CHECK(largest("res1/a/weight") == nearly(1 / std::sqrt(9.0 * 16)));
  CHECK(largest("up1/weight") == nearly(1 / std::sqrt(9.0 * 16)));
  CHECK(largest("up1/bias") <= 1 / std::sqrt(9.0f * 16));
  CHECK(largest("up1/bias") > 0);
  CHECK(fresh.parameters.at("up1/gamma").values == std::vector<float>(8, 1));
  CHECK(fresh.parameters.at("res1/b/beta").values == std::vector<float>(16, 0));
  CHECK(fresh.parameters.at("down1/running_var").values == std::vector<float>(16, 1));
  CHECK(fresh.parameters.at("down1/running_var").shape == std::vector<int64_t>{16});
}

TEST_CASE("what does not fit a network is said") {
  const auto backend = make_cpu_backend();
  using narrow::has;
  const auto refused = [&](TransformWeights weights) { return narrow::refusal<ShapeError>([&] { TransformNet(*backend, weights); }); };
  TransformWeights weights = narrow::transform_weights(narrow::body);
  weights.parameters.erase("res1/a/gamma");
  CHECK(has(refused(weights), "narrow.h5: 1 of 22 parameters do not fit transform:c9s1-4,d6,R6,u4,c9s1-3: res1/a/gamma is missing"));
  const TransformNet network(*backend, narrow::transform_weights(narrow::body));
  const auto too_small = narrow::refusal<ShapeError>([&] { network(Variable(narrow::recorded_input(*backend, {1, 3, 9, 5}))); });
  CHECK(too_small == "a picture of 5x9 pixels is too small for narrow.h5, which needs at least 6x6");
  CHECK(has(narrow::refusal<ShapeError>([&] { network(Variable(narrow::recorded_input(*backend, {1, 4, 9, 9}))); }), "3 channels"));
}
