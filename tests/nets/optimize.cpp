// The loop against 20 recorded steps of PyTorch's optimisers, and what it does when it is stopped or goes wrong.
#include "nets/optimize.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "kernels/emulator/backend.h"
#include "nets/paint.h"
#include "tests/nets/decorated.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

struct Run {
  std::vector<double> terms, totals;  // before each step and at the end
  std::vector<double> picture;
  OptimizeResult result;
};

Run run(Backend& backend, const OptimizeSettings& settings, const Watch& watch = {}) {
  const Vgg vgg = narrow::network(backend);
  const Objective objective = narrow::objective(vgg);
  Variable x(narrow::photo(backend), true);
  Run run;
  const auto add = [&](const OptimizeStep& step) {
    run.terms.insert(run.terms.end(), step.terms.begin(), step.terms.end());
    run.totals.push_back(step.total);
  };
  run.result = optimize(objective, x, settings, [&](const OptimizeStep& step, const Variable& now) {
    add(step);
    return !watch || watch(step, now);
  });
  add(run.result.last);
  run.picture = narrow::recorded_order(x.value());
  return run;
}

// Term by term, since they differ by orders of magnitude.
void check_rows(const std::vector<double>& found, const std::vector<double>& wanted, size_t rows, double tolerance) {
  REQUIRE(found.size() >= rows * 6);
  for (size_t i = 0; i < rows * 6; i++) {
    CAPTURE(i);
    CHECK(std::abs(found[i] - wanted[i]) <= tolerance * std::abs(wanted[i]));
  }
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (size_t i = 0; i < a.size(); i++) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

OptimizeSettings adam(double rate) { return {.steps = 20, .rate = rate, .last_rate = rate}; }

PaintSettings quick(int steps) {
  PaintSettings settings;
  settings.optimize.steps = steps;
  return settings;
}

}  // namespace

TEST_CASE("20 Adam steps are PyTorch's: reference backend, f64") {
  const Recorded recorded("gatys_steps.h5");
  const auto backend = make_reference_backend(Dtype::f64);
  for (const int rate : {1, 3}) {
    CAPTURE(rate);
    const std::string name = "f64/adam_lr" + std::to_string(rate);
    const Run found = run(*backend, adam(rate));
    check_rows(found.terms, recorded.values(name + "_terms"), 21, 1e-8);
    CHECK(largest_difference(found.picture, recorded.values(name + "_picture")) < 1e-5);
    CHECK(found.result.ending == Ending::finished);
    CHECK(found.result.last.step == 20);
  }
}

TEST_CASE("20 Adam steps are PyTorch's: cpu backend, f32") {
  const Recorded recorded("gatys_steps.h5");
  // The picture's bound is in grey levels; torch's own f32 is 0.00017 off.
  for (const bool winograd : {false, true}) {
    CAPTURE(winograd);
    const auto backend = make_cpu_backend({.winograd = winograd});
    const Run slow = run(*backend, adam(1));
    check_rows(slow.terms, recorded.values("f32/adam_lr1_terms"), 21, 2e-4);
    CHECK(largest_difference(slow.picture, recorded.values("f64/adam_lr1_picture")) < 0.02);
    check_rows(run(*backend, adam(3)).terms, recorded.values("f32/adam_lr3_terms"), 5, 1e-3);  // rounding grows from there on
  }
}

TEST_CASE("20 steps of Torch7's L-BFGS are as recorded") {
  const Recorded recorded("gatys_steps.h5");
  const OptimizeSettings settings{.steps = 20, .method = Method::lbfgs, .rate = 1, .history = 100, .strong_wolfe = false};
  const auto exact = make_reference_backend(Dtype::f64);
  const std::vector<double> wanted = recorded.values("f64/lbfgs_torch7_loss");
  const Run found = run(*exact, settings);
  CHECK(narrow::error(found.totals, wanted) < 1e-7);
  CHECK(largest_difference(found.picture, recorded.values("f64/lbfgs_torch7_picture")) < 1e-3);
  // The first step is so short that f32 sees little of it, and what the second makes of it differs from then on.
  const auto cpu = make_cpu_backend();
  const std::vector<double> totals = run(*cpu, settings).totals;
  for (size_t i = 0; i < 5; i++) CHECK(totals[i] == doctest::Approx(wanted[i]).epsilon(3e-2));
  CHECK(totals.back() == doctest::Approx(wanted.back()).epsilon(0.2));
}

TEST_CASE("20 steps of PyTorch's L-BFGS with strong Wolfe line search are as recorded") {
  const Recorded recorded("gatys_steps.h5");
  const auto backend = make_reference_backend(Dtype::f64);
  const std::vector<double> evaluated = recorded.values("f64/lbfgs_loss");
  const double numbers = double(narrow::photo(*backend).shape().elements());
  const Run found = run(*backend, {.steps = 20, .method = Method::lbfgs, .rate = 1, .history = 10, .first_change = 1 / numbers});
  // Recorded is every evaluation; a step starts from one of them, in order.
  size_t at = 0;
  for (const double total : found.totals) {
    while (at < evaluated.size() && std::abs(evaluated[at] - total) > 1e-6 * total) at++;
    CAPTURE(total);
    CHECK(at < evaluated.size());
  }
  CHECK(largest_difference(found.picture, recorded.values("f64/lbfgs_picture")) < 1e-3);
  // What a step reports is one evaluation: its terms sum to its total.
  for (size_t row = 0; row < found.totals.size(); row++) {
    double sum = 0;
    for (size_t i = 0; i < 6; i++) sum += found.terms[row * 6 + i];
    CHECK(sum == doctest::Approx(found.totals[row]).epsilon(1e-12));
  }
}

TEST_CASE("the rate falls along half a cosine") {
  // Adam's steps are about as long as the rate as long as the gradient keeps its sign: the first is exactly so long.
  const auto backend = make_cpu_backend();
  std::vector<std::vector<double>> pictures{narrow::recorded_order(narrow::photo(*backend))};
  run(*backend, {.steps = 4, .rate = 2, .last_rate = 0}, [&](const OptimizeStep&, const Variable& x) {
    pictures.push_back(narrow::recorded_order(x.value()));
    return true;
  });
  REQUIRE(pictures.size() == 5);
  CHECK(largest_difference(pictures[0], pictures[1]) == doctest::Approx(2).epsilon(1e-3));
  CHECK(largest_difference(pictures[3], pictures[4]) < 0.35);  // (1 + cos(3/4 pi)) = 0.29 times, and momentum
}

TEST_CASE("a watch can stop the loop") {
  const auto backend = make_cpu_backend();
  const Run stopped = run(*backend, adam(3), [](const OptimizeStep& step, const Variable&) { return step.step < 2; });
  CHECK(stopped.result.ending == Ending::stopped);
  CHECK(stopped.result.last.step == 3);
  CHECK(stopped.totals.size() == 4);
  CHECK(stopped.totals[3] < stopped.totals[0]);
}

TEST_CASE("a loss that is no number ends the loop with the last good picture") {
  const auto backend = make_cpu_backend();
  const std::vector<double> start = narrow::recorded_order(narrow::photo(*backend));
  const Run broken = run(*backend, adam(1e30));
  CHECK(broken.result.ending == Ending::diverged);
  CHECK(largest_difference(broken.picture, start) == 0);
  // Also when it only grows and grows.
  const Run grown = run(*backend, {.steps = 200, .method = Method::lbfgs, .rate = 60, .strong_wolfe = false});
  CHECK(grown.result.ending == Ending::diverged);
  for (const double v : grown.picture) CHECK(std::isfinite(v));
}

TEST_CASE("painting twice gives the same bytes, also from noise; another seed does not") {
  const auto backend = make_cpu_backend();
  const Vgg vgg(*backend, narrow::weights(preprocessing("caffe")), narrow::style_layers);
  const Picture photo = narrow::picture(1, 40, 33, true), style = narrow::picture(3, 30, 31);
  PaintSettings settings = quick(4);
  const Painted a = paint(vgg, photo, {style}, settings), b = paint(vgg, photo, {style}, settings);
  CHECK(a.picture.rgb == b.picture.rgb);
  CHECK(a.picture.alpha == photo.alpha);
  CHECK(a.steps == 4);
  settings.start = Start::noise;
  const Painted c = paint(vgg, photo, {style}, settings), d = paint(vgg, photo, {style}, settings);
  CHECK(c.picture.rgb == d.picture.rgb);
  CHECK(c.picture.rgb != a.picture.rgb);
  settings.seed = 1;
  CHECK(paint(vgg, photo, {style}, settings).picture.rgb != c.picture.rgb);
}

TEST_CASE("scales go from coarse to fine and end at the photo's size") {
  const auto backend = make_cpu_backend();
  const Vgg vgg(*backend, narrow::weights(preprocessing("caffe")), narrow::style_layers);
  PaintSettings settings = quick(3);
  settings.scales = 3;
  std::vector<int> widths;
  const auto painted = paint(vgg, narrow::picture(1, 67, 43), {narrow::picture(3, 40, 40)}, settings, [&](const PaintProgress& p) {
    widths.push_back(p.width);
    CHECK(p.picture().width == p.width);
    CHECK(p.steps == 9);
    CHECK(p.step == int(widths.size()));
    return true;
  });
  CHECK(widths == std::vector<int>{17, 17, 17, 34, 34, 34, 67, 67, 67});
  CHECK(painted.picture.width == 67);
  CHECK(painted.picture.height == 43);
  for (const float v : painted.picture.rgb) REQUIRE((v >= 0 && v <= 1));
  // Stopped early, it is the photo's size all the same.
  CHECK(paint(vgg, narrow::picture(1, 67, 43), {narrow::picture(3, 40, 40)}, settings, [](const PaintProgress&) {
          return false;
        }).picture.width == 67);
}

TEST_CASE("pictures too small for the network are refused before any work") {
  const auto backend = make_cpu_backend();
  const Vgg vgg(*backend, narrow::weights(preprocessing("caffe")), narrow::style_layers);
  const auto refused = [&](const Picture& photo, const Picture& style, int scales) {
    PaintSettings settings = quick(1);
    settings.scales = scales;
    return narrow::refusal<ShapeError>([&] { paint(vgg, photo, {style}, settings); });
  };
  CHECK(narrow::has(refused(narrow::picture(1, 1, 1), narrow::picture(3, 20, 20), 1),
                    "the photo has 1x1 pixels to work with; the layers asked for need at least 8 on each side"));
  CHECK(narrow::has(refused(narrow::picture(1, 20, 20), narrow::picture(3, 20, 7), 1), "the painting has 20x7 pixels"));
  CHECK(narrow::has(refused(narrow::picture(1, 20, 20), narrow::picture(3, 20, 20), 3), "the photo has 5x5 pixels"));
  CHECK(refused(narrow::picture(1, 8, 8), narrow::picture(3, 8, 9), 1) == "");
}

TEST_CASE("painting steps that are recorded and replayed are the bytes of ordinary ones") {
  const auto emulated = make_emulated_backend(0);
  Unrecorded ordinary(*emulated);
  const OptimizeSettings settings{.steps = 4, .rate = 8, .last_rate = 2};
  const Run recorded = run(*emulated, settings), wanted = run(ordinary, settings);
  CHECK(recorded.totals == wanted.totals);
  CHECK(recorded.picture == wanted.picture);
}
