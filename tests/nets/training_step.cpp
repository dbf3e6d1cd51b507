// Training steps against recorded PyTorch (tests/reference/README.md, training_step.h5), and what must hold of any.
#include "nets/training_step.h"

#include <doctest/doctest.h>

#include <optional>

#include "engine/profiler.h"
#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "kernels/emulator/backend.h"
#include "tests/nets/decorated.h"
#include "tests/nets/narrow_hourglass.h"
#include "tests/nets/narrow_transform.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

// What one step needs, as recorded.
struct Studio {
  Vgg vgg;
  DepthNetwork depth;
  TransformNet net;
  Objective objective;
  TrainingStep step;
  Tensor batch;

  explicit Studio(Backend& backend, double depth_weight = 1000, Parameters::Use use = Parameters::Use::trained)
      : vgg(narrow::network(backend)),
        depth(backend, depth_weight > 0 ? narrow::hourglass_weights() : fresh_hourglass(1)),
        net(backend, narrow::transform_weights(narrow::examples), use),
        objective(vgg, settings(depth_weight), &depth),
        step(net, objective),
        batch(pictures(backend)) {
    const Variable painting(from_host(backend, {1, 3, 36, 44}, formula::picture(3, 4, 36, 44).data()));
    objective.set_style({between_spaces(painting, preprocessing("byte"), preprocessing("caffe")).value()});
  }

  static ObjectiveSettings settings(double depth_weight) {
    ObjectiveSettings s;
    s.depth_weight = depth_weight;
    s.depth_width = s.depth_height = 16;  // as the pictures are
    return s;
  }
  static Tensor pictures(Backend& backend, uint32_t seed = 1) {
    std::vector<float> all = formula::picture(seed, 5, 16, 16);
    const std::vector<float> second = formula::picture(seed + 4, 3, 16, 16);
    all.insert(all.end(), second.begin(), second.end());
    return from_host(backend, {2, 3, 16, 16}, all.data());
  }
};

constexpr size_t recorded_steps = 5;

std::vector<double> numbers(const Objective::Losses& losses) {
  std::vector<double> all;
  for (const Variable& term : losses.terms) all.push_back(scalar(term.value()));
  return all;
}

void check_against_recorded(Backend& backend, size_t steps, double gradient_bound, double terms_bound) {
  const Recorded recorded("training_step.h5");
  Studio studio(backend);
  const std::vector<double> rows = recorded.values("terms");
  const size_t terms = studio.objective.terms().size();
  for (size_t t = 0; t < steps; t++) {
    CAPTURE(t);
    const std::vector<double> found = numbers(studio.step(studio.batch));
    REQUIRE(found.size() == terms);
    for (size_t i = 0; i < terms; i++) {
      CAPTURE(studio.objective.terms()[i].name);
      CHECK(std::abs(found[i] / rows[t * terms + i] - 1) < terms_bound);
    }
    if (t > 0) continue;
    for (const auto& [name, parameter] : studio.net.parameters().all()) {
      // An instance norm takes away what is added to a whole channel before it: that gradient is 0 but for rounding.
      if ((name.ends_with("/bias") && name != "conv4/bias") || name == "res1/b/beta") continue;
      CAPTURE(name);
      std::string dataset = "first_gradient/" + name;
      std::replace(dataset.begin() + 15, dataset.end(), '/', '_');
      CHECK(narrow::error(to_host_f64(parameter.grad()), recorded.values(dataset)) < gradient_bound);
    }
  }
  if (steps == recorded_steps)
    CHECK(narrow::error(to_host_f64(studio.net.parameters()["conv1/weight"].value()), recorded.values("conv1_weight")) < terms_bound);
}

}  // namespace

TEST_CASE("training steps are PyTorch's: reference backend, f64") {
  const auto backend = make_reference_backend(Dtype::f64);
  check_against_recorded(*backend, 1, 1e-7, 1e-7);  // plain loops take seconds a step; colours go through f32 constants
}

TEST_CASE("training steps are PyTorch's: cpu backend, f32") {
  const auto backend = make_cpu_backend();
  check_against_recorded(*backend, recorded_steps, 2e-4, 2e-4);
}

TEST_CASE("steps lower the loss, and two runs give the same bytes") {
  std::vector<std::vector<float>> ends;
  for (int run = 0; run < 2; run++) {
    const auto backend = make_cpu_backend();
    Studio studio(*backend, 0);
    const double first = scalar(studio.step(studio.batch).total.value());
    for (int t = 0; t < 20; t++) studio.step(studio.batch);
    CHECK(scalar(studio.step(studio.batch).total.value()) < 0.95 * first);
    std::vector<float> end;
    for (const auto& [name, parameter] : studio.net.parameters().all())
      for (const float v : to_host(parameter.value())) end.push_back(v);
    ends.push_back(std::move(end));
  }
  CHECK(ends[0] == ends[1]);
}

TEST_CASE("descending gives the losses and the gradient of the evaluated total") {
  const auto backend = make_cpu_backend();
  Studio studio(*backend);
  const Variable a(narrow::caffe_picture(*backend, 7, 3, 32, 32), true), b(a.value(), true);
  studio.objective.set_content(narrow::caffe_picture(*backend, 1, 5, 32, 32));
  const Objective::Losses whole = studio.objective.evaluate(a), parts = studio.objective.descend(b);
  CHECK(numbers(whole) == numbers(parts));
  CHECK(scalar(whole.total.value()) == doctest::Approx(scalar(parts.total.value())).epsilon(1e-6));
  backward(whole.total);
  CHECK(narrow::error(to_host_f64(b.grad()), to_host_f64(a.grad())) < tolerance::f32);
  CHECK_FALSE(parts.total.requires_grad());
}

TEST_CASE("of large pictures a few are judged at a time: losses and gradient are those of all at once") {
  const auto backend = make_cpu_backend();
  Studio studio(*backend);
  const Shape shape{3, 3, 320, 272};  // one at a time
  const auto pictures = [&](int seed) {
    std::vector<float> all;
    for (int n = 0; n < shape.n; n++) {
      const std::vector<float> one = formula::picture(seed + n, 4, shape.h, shape.w);
      all.insert(all.end(), one.begin(), one.end());
    }
    return from_host(*backend, shape, all.data());
  };
  const Variable a(pictures(7), true), b(a.value(), true);
  studio.objective.set_content(pictures(1));
  const Objective::Losses whole = studio.objective.evaluate(a);
  backward(whole.total);
  const size_t live = backend->pool()->usage().live;
  backend->pool()->reset_peak();
  const Objective::Losses parts = studio.objective.descend(b);
  const size_t peak = backend->pool()->usage().peak;
  for (size_t i = 0; i < whole.terms.size(); i++) {
    CAPTURE(studio.objective.terms()[i].name);
    CHECK(numbers(parts)[i] == doctest::Approx(numbers(whole)[i]).epsilon(1e-5));
  }
  CHECK(narrow::error(to_host_f64(b.grad()), to_host_f64(a.grad())) < tolerance::winograd_f32);
  // Not much more than a third of what all three take.
  backend->pool()->reset_peak();
  const Variable c(a.value(), true);
  backward(studio.objective.evaluate(c).total);
  CHECK(peak - live < 0.5 * double(backend->pool()->usage().peak - live));
}

TEST_CASE("the judging networks take no weight gradients, and a second step takes no new memory") {
  const auto cpu = make_cpu_backend();
  Profiler profiler(*cpu);
  Studio studio(profiler);
  studio.step(studio.batch);
  studio.step(studio.batch);
  const size_t reserved = cpu->pool()->usage().reserved;
  profiler.reset();
  studio.step(studio.batch);
  CHECK(cpu->pool()->usage().reserved == reserved);
  int gradients = 0;
  for (const auto& [key, entry] : profiler.entries())
    if (key.second == "conv2d_backward_weights") gradients += entry.calls;
  CHECK(gradients == 8);  // one for each convolution of the net that learns
}

TEST_CASE("a batch weighs as the mean of its pictures") {
  const auto backend = make_reference_backend(Dtype::f64);
  Studio studio(*backend, 0);
  const auto terms_of = [&](const Tensor& x, const Tensor& photo) {
    studio.objective.set_content(photo);
    return numbers(studio.objective.evaluate(Variable(x)));
  };
  const auto picture = [&](uint32_t seed, int n) {
    return from_host(*backend, {n, 3, 16, 16}, formula::values({n, 3, 16, 16}, seed, 100).data());
  };
  const auto part = [&](const Tensor& both, int n) {
    const std::vector<float> all = to_host(both);
    return from_host(*backend, {1, 3, 16, 16}, all.data() + size_t(n) * all.size() / 2);
  };
  const Tensor x = picture(1, 2), photo = picture(2, 2);
  const std::vector<double> both = terms_of(x, photo), first = terms_of(part(x, 0), part(photo, 0)), second = terms_of(part(x, 1), part(photo, 1));
  for (size_t i = 0; i < both.size(); i++) CHECK(both[i] == doctest::Approx((first[i] + second[i]) / 2).epsilon(1e-9));
}

TEST_CASE("what cannot be trained or judged is said") {
  const auto backend = make_cpu_backend();
  CHECK(narrow::refusal<Error>([&] { Studio(*backend, 0, Parameters::Use::frozen); }) ==
        "narrow.h5 was not loaded for training: none of its parameters takes a gradient");
  const Vgg vgg = narrow::network(*backend);
  CHECK(narrow::has(narrow::refusal<UsageError>([&] { Objective(vgg, Studio::settings(1)); }), "no network that sees it"));
  const Tensor odd = from_host(*backend, {1, 3, 30, 30}, formula::values({1, 3, 30, 30}, 1, 100).data());
  Studio shallow(*backend, 0);
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { shallow.step(odd); }), "32x32 pixels from 30x30; to train it, give sides that are multiples of 4"));
}

namespace {

std::vector<float> all_parameters(const TransformNet& net) {
  std::vector<float> all;
  for (const auto& [name, parameter] : net.parameters().all())
    for (const float v : to_host(parameter.value())) all.push_back(v);
  return all;
}

/// The losses of each step and, at the end, the net: batches differ, and the rate falls.
std::pair<std::vector<std::vector<double>>, std::vector<float>> trained_on(Backend& backend, int steps) {
  Studio studio(backend, 0);
  std::vector<std::vector<double>> losses;
  std::vector<Tensor> others;  // what is made between steps is not where a recorded one keeps its numbers
  for (int t = 0; t < steps; t++) {
    studio.step.adam().set_rate(0.01 / (t + 1));
    losses.push_back(numbers(studio.step(Studio::pictures(backend, uint32_t(t) + 1))));
    for (const int width : {1, 40, 1000, 4096, 30000}) {
      others.emplace_back(backend, Shape{1, 1, 1, width});
      backend.fill(others.back(), t);
    }
  }
  for (size_t i = 0; i < others.size(); i++) {
    const std::vector<float> kept = to_host(others[i]);
    CHECK(kept == std::vector<float>(kept.size(), float(i / 5)));
  }
  CHECK(studio.step.adam().steps() == steps);
  return {losses, all_parameters(studio.net)};
}

}  // namespace

TEST_CASE("training steps that are recorded and replayed are the bytes of ordinary ones") {
  const auto emulated = make_emulated_backend(0);
  Unrecorded ordinary(*emulated);
  const auto recorded = trained_on(*emulated, 5), wanted = trained_on(ordinary, 5);
  CHECK(recorded.first == wanted.first);
  CHECK(recorded.second == wanted.second);
  CHECK(wanted.first[1] != wanted.first[4]);
}

TEST_CASE("a recorded training step gives way to one of another shape, and a step that fails is not counted") {
  const auto emulated = make_emulated_backend(0);
  Studio studio(*emulated, 0);
  for (int t = 0; t < 2; t++) studio.step(studio.batch);
  const Tensor one = from_host(*emulated, {1, 3, 16, 16}, formula::picture(2, 4, 16, 16).data());
  const Tensor odd = from_host(*emulated, {1, 3, 30, 30}, formula::values({1, 3, 30, 30}, 1, 100).data());
  const std::vector<double> first = numbers(studio.step(one));
  CHECK(numbers(studio.step(one)) != first);
  CHECK_THROWS_AS(studio.step(odd), ShapeError);
  CHECK(studio.step.adam().steps() == 4);
}

TEST_CASE("with activations in bf16 a training step's losses, and the gradients that pass through few layers, stay near those of f32") {
  const auto f32 = make_emulated_backend(0), bf16 = make_emulated_backend(0, {}, 64, Dtype::bf16);
  Studio exact(*f32, 0), fast(*bf16, 0);
  const std::vector<double> wanted = numbers(exact.step(exact.batch)), found = numbers(fast.step(fast.batch));
  CHECK(found != wanted);
  for (size_t i = 0; i < wanted.size(); i++) {
    CAPTURE(exact.objective.terms()[i].name);
    CHECK(std::abs(found[i] / wanted[i] - 1) < tolerance::bf16);
  }
  for (const auto& [name, parameter] : fast.net.parameters().all()) {
    CAPTURE(name);
    CHECK(parameter.value().dtype() == Dtype::f32);
    CHECK(parameter.grad().dtype() == Dtype::f32);
  }
  // What is left of these gradients by norms is small beside what they take away, so that further down a tenth is rounding.
  for (const std::string name : {"conv4/weight", "conv4/bias", "up2/gamma", "up2/beta"}) {
    CAPTURE(name);
    CHECK(narrow::error(to_host_f64(fast.net.parameters()[name].grad()), to_host_f64(exact.net.parameters()[name].grad())) <
          2 * tolerance::bf16);
  }
}

TEST_CASE("training in bf16 lowers the loss as training in f32 does") {
  const auto cpu = make_cpu_backend();
  InBf16 in_bf16(*cpu);
  Studio exact(*cpu, 0), fast(in_bf16, 0);
  const double first = scalar(exact.step(exact.batch).total.value());
  CHECK(scalar(fast.step(fast.batch).total.value()) == doctest::Approx(first).epsilon(tolerance::bf16));
  for (int t = 0; t < 60; t++) exact.step(exact.batch), fast.step(fast.batch);
  const double last = scalar(exact.step(exact.batch).total.value());
  CHECK(last < 0.9 * first);
  CHECK(scalar(fast.step(fast.batch).total.value()) == doctest::Approx(last).epsilon(tolerance::bf16));
}
