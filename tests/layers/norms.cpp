// Instance norm, batch norm and channel moments: what the registry's comparison and gradient checks do not cover.
#include <doctest/doctest.h>

#include <cmath>

#include "kernels/reference/reference.h"
#include "layers/adain.h"
#include "layers/arithmetic.h"
#include "layers/batch_norm.h"
#include "layers/channel_moments.h"
#include "layers/instance_norm.h"
#include "layers/matmul.h"
#include "layers/mean.h"
#include "layers/planar.h"

using namespace impasto;

namespace {

Variable of(Backend& backend, Shape shape, const std::vector<float>& values, bool requires_grad = false) {
  Tensor t = planar(backend, shape);
  backend.upload(values.data(), t);
  return Variable(t, requires_grad);
}

Variable noise(Backend& backend, Shape shape, uint64_t key, bool requires_grad = false) {
  Tensor t = planar(backend, shape);
  backend.random_normal(key, 0, t);
  return Variable(t, requires_grad);
}

double distance(const Variable& a, const Variable& b) {
  const std::vector<double> x = to_host_f64(a.value()), y = to_host_f64(b.value());
  REQUIRE(x.size() == y.size());
  double worst = 0;
  for (size_t i = 0; i < x.size(); i++) worst = std::max(worst, std::abs(x[i] - y[i]));
  return worst;
}

RunningStatistics fresh(Backend& backend, int channels) {
  RunningStatistics running{planar(backend, {1, channels, 1, 1}), planar(backend, {1, channels, 1, 1})};
  backend.fill(running.mean, 0);
  backend.fill(running.variance, 1);
  return running;
}

}  // namespace

TEST_CASE("instance norm does not change when its input is scaled and shifted") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable x = noise(*backend, {2, 3, 5, 4}, 1), gamma = noise(*backend, {1, 3}, 2), beta = noise(*backend, {1, 3}, 3);
  CHECK(distance(instance_norm(x, gamma, beta, 0), instance_norm(affine(x, 7, -3), gamma, beta, 0)) < 1e-12);
}

TEST_CASE("instance norm gives each plane mean 0 and variance 1") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable y = instance_norm(affine(noise(*backend, {2, 3, 5, 4}, 1), 50, 128), {}, {}, 0);
  const ChannelMoments moments = channel_moments(y);
  for (double m : to_host_f64(moments.mean.value())) CHECK(std::abs(m) < 1e-12);
  for (double v : to_host_f64(moments.variance.value())) CHECK(v == doctest::Approx(1));
}

TEST_CASE("the gradient of instance norm is orthogonal to shifting and to scaling its input") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable x = noise(*backend, {2, 3, 5, 4}, 1, true);
  backward(sum(instance_norm(x, {}, {}, 0) * noise(*backend, {2, 3, 5, 4}, 4)));
  const Variable dx(x.grad());
  for (double s : to_host_f64(spatial_mean(dx).value())) CHECK(std::abs(s) < 1e-12);
  for (double s : to_host_f64(spatial_mean(dx * x).value())) CHECK(std::abs(s) < 1e-12);
}

TEST_CASE("instance norm of one pixel is beta, with no gradient for x") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable x = noise(*backend, {2, 3, 1, 1}, 1, true);
  const Variable beta = noise(*backend, {2, 3}, 3);
  const Variable y = instance_norm(x, noise(*backend, {2, 3}, 2), beta);
  CHECK(distance(y, beta) == 0);
  backward(sum(y * y));
  for (double d : to_host_f64(x.grad())) CHECK(d == 0);
}

TEST_CASE("conditional instance norm takes each image's rows, and blends lie between them") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable table = of(*backend, {1, 1, 3, 2}, {1, 10, 2, 20, 3, 30});
  const Variable rows = style_rows(table, of(*backend, {1, 1, 3, 3}, {0, 0, 1, 1, 0, 0, 0.5, 0.25, 0.25}));
  CHECK(rows.shape() == Shape{3, 2, 1, 1});
  CHECK(to_host(rows.value()) == std::vector<float>{3, 30, 1, 10, 1.75, 17.5});
  CHECK_THROWS_AS(style_rows(table, of(*backend, {1, 1, 1, 2}, {0, 1})), ShapeError);
}

TEST_CASE("a batch of styles gives what each image gives alone") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable x = noise(*backend, {1, 3, 5, 4}, 1), other = noise(*backend, {1, 3, 5, 4}, 5), rows = noise(*backend, {2, 3}, 2);
  std::vector<float> both = to_host(x.value()), second = to_host(other.value()), gammas = to_host(rows.value());
  both.insert(both.end(), second.begin(), second.end());
  const Variable batch = instance_norm(of(*backend, {2, 3, 5, 4}, both), rows, {});
  const Variable alone = instance_norm(of(*backend, {1, 3, 5, 4}, second), of(*backend, {1, 3}, {gammas[3], gammas[4], gammas[5]}), {});
  const std::vector<double> y = to_host_f64(batch.value()), z = to_host_f64(alone.value());
  for (size_t i = 0; i < z.size(); i++) CHECK(y[60 + i] == doctest::Approx(z[i]));
}

TEST_CASE("batch norm normalises over the batch and remembers mean and unbiased variance") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable x = of(*backend, {2, 1, 1, 2}, {1, 2, 3, 6});  // mean 3, variance 14 / 4, unbiased 14 / 3
  RunningStatistics running = fresh(*backend, 1);
  const Variable y = batch_norm(x, {}, {}, running, 0.1, 0);
  CHECK(to_host_f64(y.value())[3] == doctest::Approx(3 / std::sqrt(3.5)));
  CHECK(scalar(running.mean) == doctest::Approx(0.3));
  CHECK(scalar(running.variance) == doctest::Approx(0.9 + 0.1 * 14.0 / 3));
  batch_norm(x, {}, {}, running, 0.5, 0.25);
  CHECK(scalar(running.mean) == doctest::Approx(0.15 + 1.5));
  CHECK(scalar(running.variance) == doctest::Approx(0.5 * (0.9 + 0.1 * 14.0 / 3) + 0.5 * 14.0 / 3));
}

TEST_CASE("running statistics are changed in place, and agree with a training pass once they have converged") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable x = noise(*backend, {4, 3, 8, 8}, 1), gamma = noise(*backend, {1, 3}, 2), beta = noise(*backend, {1, 3}, 3);
  RunningStatistics running = fresh(*backend, 3);
  const Tensor mean = running.mean;
  Variable trained;
  for (int i = 0; i < 200; i++) trained = batch_norm(x, gamma, beta, running);
  CHECK(mean.raw() == running.mean.raw());
  CHECK(distance(batch_norm_frozen(x, gamma, beta, running), trained) < 0.02);  // unbiased for biased: 256 / 255
}

TEST_CASE("frozen batch norm is one multiplication and one addition per channel") {
  auto backend = make_reference_backend(Dtype::f64);
  const RunningStatistics running{of(*backend, {1, 2}, {1, -1}).value(), of(*backend, {1, 2}, {3, 0}).value()};
  Variable x = of(*backend, {1, 2, 1, 2}, {1, 3, 0, -2}, true);
  const Variable y = batch_norm_frozen(x, of(*backend, {1, 2}, {4, 1}), of(*backend, {1, 2}, {10, 0}), running, 1);
  CHECK(to_host(y.value()) == std::vector<float>{10, 14, 1, -1});  // 4 (x - 1) / 2 + 10, (x + 1) / 1
  backward(sum(y));
  CHECK(to_host(x.grad()) == std::vector<float>{2, 2, 1, 1});
}

TEST_CASE("a frozen batch norm keeps no activation") {
  auto backend = make_reference_backend(Dtype::f64);
  const RunningStatistics running = fresh(*backend, 4);
  Variable y = noise(*backend, {1, 4, 64, 64}, 1, true);
  const size_t before = backend->pool()->usage().live;
  for (int i = 0; i < 5; i++) y = batch_norm_frozen(y, {}, {}, running);
  CHECK(backend->pool()->usage().live < before + y.value().bytes() * 3 / 2);
}

TEST_CASE("channel deviations are those of the formula, biased and unbiased") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable x = of(*backend, {1, 2, 1, 4}, {1, 2, 3, 6, 5, 5, 5, 5});
  const std::vector<double> biased = to_host_f64(channel_std(x, 0.5).value()), unbiased = to_host_f64(channel_std(x, 0.5, true).value());
  CHECK(biased[0] == doctest::Approx(std::sqrt(3.5 + 0.5)));
  CHECK(unbiased[0] == doctest::Approx(std::sqrt(14.0 / 3 + 0.5)));
  CHECK(biased[1] == doctest::Approx(std::sqrt(0.5)));
  CHECK(distance(channel_mean(x), channel_moments(x).mean) < 1e-15);
}

TEST_CASE("adain with a picture's own statistics changes nothing, and takes a style of another size for all images") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable x = noise(*backend, {2, 3, 5, 4}, 1), style = noise(*backend, {1, 3, 7, 2}, 2);
  CHECK(distance(adain(x, x), x) < 1e-12);
  const ChannelMoments wanted = channel_moments(style), found = channel_moments(adain(x, style));
  const std::vector<double> mean = to_host_f64(wanted.mean.value()), means = to_host_f64(found.mean.value());
  for (size_t i = 0; i < 6; i++) CHECK(means[i] == doctest::Approx(mean[i % 3]));
}

TEST_CASE("norms refuse what does not fit, in one sentence") {
  auto backend = make_reference_backend();
  const Variable x = noise(*backend, {2, 3, 4, 4}, 1), three = noise(*backend, {1, 3}, 1), four = noise(*backend, {1, 4}, 1),
                 rows = noise(*backend, {2, 3}, 1);
  CHECK_THROWS_WITH_AS(
      instance_norm(x, four, {}),
      "instance norm: gamma is [1, 4, 1, 1] (f32, lanes 1) and must be planar [1, C, 1, 1] or [N, C, 1, 1] for x [2, 3, 4, 4]", ShapeError);
  CHECK_THROWS_AS(instance_norm(x, {}, noise(*backend, {1, 1, 1, 3}, 1)), ShapeError);
  CHECK_THROWS_AS(instance_norm(x, rows, three), ShapeError);
  RunningStatistics running = fresh(*backend, 3), wrong = fresh(*backend, 4), missing;
  CHECK_THROWS_AS(batch_norm(x, rows, {}, running), ShapeError);
  CHECK_THROWS_WITH_AS(
      batch_norm(x, {}, {}, wrong),
      "batch norm: the running mean is [1, 4, 1, 1] (f32, lanes 1) and must be planar [1, 3, 1, 1], one number for each channel",
      ShapeError);
  CHECK_THROWS_AS(batch_norm_frozen(x, {}, {}, missing), ShapeError);
  CHECK_THROWS_AS(batch_norm(noise(*backend, {1, 3, 1, 1}, 1), {}, {}, running), ShapeError);
  CHECK_THROWS_AS(channel_std(noise(*backend, {2, 3, 1, 1}, 1), 1e-5, true), ShapeError);
}
