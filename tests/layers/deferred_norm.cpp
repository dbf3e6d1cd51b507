// Norms that are left to the convolution behind them: the same functions as one by one, with less kept and fewer passes.
#include "layers/deferred_norm.h"

#include <algorithm>
#include <cmath>

#include "layers/activations.h"
#include "layers/arithmetic.h"
#include "layers/batch_norm.h"
#include "layers/channel_moments.h"
#include "layers/conv2d.h"
#include "layers/instance_norm.h"
#include "layers/mean.h"
#include "layers/upsample.h"
#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

namespace {

/// Numbers of all signs, different for each seed.
Variable varied(Shape shape, unsigned seed, bool requires_grad = false) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> draw;
  std::vector<float> values(size_t(shape.elements()));
  for (float& value : values) value = draw(engine);
  return variable(shape, values, requires_grad);
}

double distance(const Variable& a, const Variable& b) {
  const std::vector<double> u = numbers(a), v = numbers(b);
  REQUIRE(u.size() == v.size());
  double largest = 0;
  for (size_t i = 0; i < u.size(); i++) largest = std::max(largest, std::abs(u[i] - v[i]));
  return largest;
}

}  // namespace

TEST_CASE("a convolution of a deferred norm is the convolution of the norm") {
  const Variable x = varied({2, 3, 4, 5}, 1), weight = varied({4, 3, 3, 3}, 2), gamma = varied({2, 3, 1, 1}, 3),
                 beta = varied({2, 3, 1, 1}, 4);
  for (const Padding padding : {Padding::zero, Padding::reflect, Padding::replicate})
    for (const int upsample : {1, 2})
      for (const bool positive : {true, false}) {
        const Conv2dOptions options{.pad = 1, .padding = padding, .upsample = upsample};
        const Variable found = conv2d(deferred_instance_norm(measured(x), gamma, beta, 1e-3, positive), weight, {}, options);
        const Variable up = upsample_nearest(instance_norm(x, gamma, beta, 1e-3, positive), upsample);
        CHECK(distance(found, conv2d(up, weight, {}, {.pad = 1, .padding = padding})) < 1e-12);
      }
}

TEST_CASE("the moments that a convolution gives are those of its output") {
  const Variable x = varied({2, 3, 5, 6}, 5), weight = varied({4, 3, 3, 3}, 6), bias = varied({1, 4, 1, 1}, 7);
  for (const bool positive : {true, false}) {
    const Measured y = measured_conv2d(x, weight, bias, {.stride = 2, .pad = 1, .relu = positive});
    const ChannelMoments moments = channel_moments(y.x);
    CHECK(distance(Variable(y.mean), moments.mean) < 1e-15);
    CHECK(distance(Variable(y.variance), moments.variance) < 1e-15);
  }
}

TEST_CASE("a deferred norm written out is the norm, and a shortcut comes on top") {
  const Variable x = varied({2, 3, 4, 5}, 8), gamma = varied({1, 3, 1, 1}, 9), beta = varied({1, 3, 1, 1}, 10),
                 shortcut = varied({2, 3, 4, 5}, 11);
  RunningStatistics running{varied({1, 3, 1, 1}, 12).value(), counted({1, 3, 1, 1}).value()};
  RunningStatistics same{running.mean.like(), running.variance.like()};
  x.backend().convert(running.mean, {same.mean});
  x.backend().convert(running.variance, {same.variance});
  for (const bool positive : {true, false}) {
    const Variable instance = instance_norm(x, gamma, beta, 1e-3, positive),
                   batch = batch_norm(x, gamma, beta, running, 0.2, 1e-3, positive);
    CHECK(distance(applied(deferred_instance_norm(measured(x), gamma, beta, 1e-3, positive)), instance) < 1e-12);
    CHECK(distance(applied(deferred_instance_norm(measured(x), gamma, beta, 1e-3, positive), shortcut), instance + shortcut) < 1e-12);
    CHECK(distance(applied(deferred_batch_norm(measured(x), gamma, beta, same, 0.2, 1e-3, positive)), batch) < 1e-12);
    CHECK(distance(Variable(same.mean), Variable(running.mean)) < 1e-12);
    CHECK(distance(Variable(same.variance), Variable(running.variance)) < 1e-12);
  }
  CHECK(numbers(applied(x)) == numbers(x));
  CHECK(numbers(applied(x, shortcut)) == numbers(x + shortcut));
}

TEST_CASE("of a normed activation the tape keeps the raw one only") {
  const Shape s{1, 8, 32, 32};
  const auto kept = [&](bool deferred) {
    const Variable x = varied(s, 14), gamma = counted({1, 8, 1, 1}, true), beta = varied({1, 8, 1, 1}, 15, true);
    const Variable weight = varied({8, 8, 3, 3}, 16, true);
    const size_t before = backend().pool()->usage().live;
    const auto conv = [&](const Normed& n) { return measured_conv2d(n, weight, {}, {.pad = 1}); };
    const auto norm = [&](const Measured& m) { return deferred_instance_norm(m, gamma, beta, 1e-5, true); };
    Normed y = norm(conv(x));
    for (int i = 0; i < 3; i++) y = norm(conv(deferred ? y : Normed(applied(std::move(y)))));
    return double(backend().pool()->usage().live - before) / double(x.value().bytes());
  };
  CHECK(kept(true) < 4.5);   // four raw activations, and vectors
  CHECK(kept(false) > 6.5);  // and three written out
}

TEST_CASE("under NoGrad a deferred norm is written out in place, and its shortcut stays as it is") {
  const NoGrad no_grad;
  const Variable shortcut = varied({1, 3, 4, 5}, 17);
  const std::vector<double> before = numbers(shortcut);
  Normed n = deferred_instance_norm(measured(scale(shortcut, 2)), {}, {});
  const void* storage = n.x.value().raw();
  const Variable y = applied(std::move(n), shortcut);
  CHECK(y.value().raw() == storage);
  CHECK(numbers(shortcut) == before);
}

TEST_CASE("under NoGrad a convolution may take a deferred norm's activation for itself, but not one that somebody holds") {
  const NoGrad no_grad;
  const Variable weight = integers({2, 3, 1, 1}, 1);
  const auto norm = [] { return deferred_instance_norm(measured(varied({1, 3, 4, 5}, 18)), {}, {}, 1e-5, true); };
  const Normed held = norm();
  const std::vector<double> before = numbers(held.x), first = numbers(conv2d(held, weight));
  CHECK_FALSE(Normed(held).input().overwrite);
  CHECK(numbers(held.x) == before);
  CHECK(norm().input().overwrite);
  CHECK(numbers(conv2d(norm(), weight)) == first);
}

TEST_CASE("deferred norms say what does not fit") {
  const Variable x = counted({2, 3, 4, 4});
  CHECK(shape_error([&] {
          deferred_instance_norm(measured(x), counted({1, 4, 1, 1}), {});
        }).find("instance norm: gamma is [1, 4, 1, 1]") == 0);
  CHECK(shape_error([&] {
          applied(deferred_instance_norm(measured(x), {}, {}), counted({2, 3, 4, 5}));
        }).find("a shortcut of [2, 3, 4, 5]") == 0);
}
