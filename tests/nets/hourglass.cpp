// The depth hourglass against recorded PyTorch (tests/reference/README.md, hourglass.h5), frozen and in training.
#include "nets/hourglass.h"

#include <doctest/doctest.h>

#include "engine/profiler.h"
#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "nets/hourglass_architecture.h"
#include "tests/nets/narrow_hourglass.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

// Some thirty convolutions one behind the other, each with a norm: rounding grows on the way. In training most of all, where the
// innermost norms are of two numbers; in f32 some percent of such a gradient would be noise.
constexpr double f64_bound = 1e-10, training_bound = 1e-5, f32_bound = 5 * tolerance::winograd_f32;

Tensor unit_input(Backend& backend, Shape shape, float size = 1) {
  std::vector<float> values = formula::values(shape, 1, 0.5f);
  for (float& v : values) v = size * (v + 0.5f);
  return from_host(backend, shape, values.data());
}

void check_against_recorded(Backend& backend, const std::string& group, Shape shape, Parameters::Use use, double bound) {
  CAPTURE(group);
  const Recorded recorded("hourglass.h5");
  const Hourglass network(backend, narrow::hourglass_weights(), use);
  const Variable x(unit_input(backend, shape), true);
  const Variable y = network(x);
  REQUIRE(y.shape() == Shape{shape.n, 1, shape.h, shape.w});
  CHECK(narrow::error(to_host_f64(y.value()), recorded.values(group + "/y")) < bound);
  backward_from(y, from_host(backend, y.shape(), formula::values(y.shape(), 4).data(), y.value().lanes()));
  CHECK(narrow::error(to_host_f64(x.grad()), recorded.values(group + "/dx")) < bound);
  if (use == Parameters::Use::frozen) return;
  const auto gradient = [&](const std::string& name) { return to_host_f64(network.parameters()[name].grad()); };
  CHECK(narrow::error(gradient("stem/gamma"), recorded.values(group + "/d_stem_gamma")) < bound);
  CHECK(narrow::error(gradient("head/weight"), recorded.values(group + "/d_head_weight")) < bound);
  CHECK(narrow::error(gradient("level4/deep4/7x7/in/weight"), recorded.values(group + "/d_level4_deep4_7x7_in_weight")) < bound);
  for (const std::string statistic : {"running_mean", "running_var"})
    CHECK(narrow::error(to_host_f64(network.parameters()["level1/deep3/5x5/out/" + statistic].value()),
                        recorded.values(group + "/" + statistic)) < bound);
}

// Where a ReLU's input is within rounding of 0, f32 may take the other side, and the gradient jumps; where it does, a picture that is larger by
// rounding alone need not. The least error of a few such pictures.
double gradient_error_beside_kinks(Backend& backend, const std::string& group, Shape shape) {
  const Recorded recorded("hourglass.h5");
  const Hourglass network(backend, narrow::hourglass_weights());
  double least = 1e30;
  for (int nudge = 0; nudge < 6; nudge++) {
    const Variable x(unit_input(backend, shape, 1 + 3e-7f * float(nudge)), true);
    const Variable y = network(x);
    backward_from(y, from_host(backend, y.shape(), formula::values(y.shape(), 4).data(), y.value().lanes()));
    least = std::min(least, narrow::error(to_host_f64(x.grad()), recorded.values(group + "/dx")));
  }
  return least;
}

}  // namespace

TEST_CASE("the depth network computes what PyTorch does: reference backend, f64") {
  const auto backend = make_reference_backend(Dtype::f64);
  check_against_recorded(*backend, "small", {1, 3, 16, 16}, Parameters::Use::frozen, f64_bound);
  check_against_recorded(*backend, "training", {2, 3, 16, 16}, Parameters::Use::trained, training_bound);
}

TEST_CASE("the depth network computes what PyTorch does: cpu backend, f32") {
  const Shape shape{1, 3, 32, 48};
  check_against_recorded(*make_cpu_backend({.winograd = false}), "frozen", shape, Parameters::Use::frozen, f32_bound);
  const auto backend = make_cpu_backend();
  const Variable y = Hourglass(*backend, narrow::hourglass_weights())(Variable(unit_input(*backend, shape)));
  CHECK(narrow::error(to_host_f64(y.value()), Recorded("hourglass.h5").values("frozen/y")) < f32_bound);
  CHECK(gradient_error_beside_kinks(*backend, "frozen", shape) < f32_bound);
}

TEST_CASE("the depth network has the paper's parameters") {
  int64_t trained = 0;
  for (const auto& [name, shape] : hourglass_parameters())
    if (!is_hourglass_statistic(name)) trained += shape.elements();
  CHECK(trained == 5357153);
  CHECK(hourglass_convolutions().size() == 156);
}

TEST_CASE("frozen, the norms cost nothing and the weights take no gradient") {
  const auto cpu = make_cpu_backend();
  Profiler profiler(*cpu);
  const Hourglass network(profiler, fresh_hourglass(3));
  profiler.reset();
  const Variable x(unit_input(profiler, {1, 3, 16, 16}), true);
  const Variable y = network(x);
  backward_from(y, y.value());
  int convolutions = 0;
  for (const auto& [key, entry] : profiler.entries()) {
    CAPTURE(key.first);
    CHECK(key.second != "norm");
    CHECK(key.second != "conv2d_backward_weights");
    if (key.second == "conv2d") convolutions += entry.calls;
  }
  CHECK(convolutions == 156);
}

TEST_CASE("fresh weights keep activations at their size, and are the same for one seed") {
  const HourglassWeights fresh = fresh_hourglass(7);
  CHECK(fresh.parameters.at("level1/deep2/5x5/out/weight").values == fresh_hourglass(7).parameters.at("level1/deep2/5x5/out/weight").values);
  CHECK(fresh.parameters.at("stem/weight").values != fresh_hourglass(8).parameters.at("stem/weight").values);
  const auto backend = make_cpu_backend();
  const Variable x(unit_input(*backend, {1, 3, 64, 64}));
  double low = 1e30, high = -1e30;
  for (const float v : to_host(Hourglass(*backend, fresh)(x).value())) {
    low = std::min(low, double(v));
    high = std::max(high, double(v));
  }
  CAPTURE(low);
  CAPTURE(high);
  CHECK(high - low > 0.1);
  CHECK(high - low < 100);
}

TEST_CASE("sides that do not halve four times are refused by size") {
  const auto backend = make_cpu_backend();
  const Hourglass network(*backend, fresh_hourglass(1));
  const auto refusal = narrow::refusal<ShapeError>([&] { network(Variable(unit_input(*backend, {1, 3, 32, 40}))); });
  CHECK(refusal == "the depth network takes pictures of 3 channels whose sides are multiples of 16, not 40x32 pixels of 3; resize or crop them first");
  HourglassWeights weights = fresh_hourglass(1);
  weights.parameters.erase("level3/skip2/11x11/in/running_var");
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { Hourglass(*backend, weights); }), "level3/skip2/11x11/in/running_var is missing"));
}
