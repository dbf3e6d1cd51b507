// Losses and total variation: facts and refusals that the registry runner does not cover.
#include "layers/losses.h"

#include <doctest/doctest.h>

#include "kernels/reference/reference.h"
#include "layers/planar.h"
#include "layers/total_variation.h"

using namespace impasto;

namespace {
Variable of(Backend& backend, Shape shape, const std::vector<float>& values, bool requires_grad = false) {
  Tensor t = planar(backend, shape);
  backend.upload(values.data(), t);
  return Variable(t, requires_grad);
}
Variable filled(Backend& backend, Shape shape, double value, int lanes = 1) {
  Tensor t(backend, shape, lanes, backend.master_dtype());
  backend.fill(t, value);
  return Variable(t);
}
double number(const Variable& v) { return scalar(v.value()); }
}  // namespace

TEST_CASE("each loss is its formula") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable x = of(*backend, {1, 2, 1, 2}, {1, 2, 3, -4});
  const Tensor target = of(*backend, {1, 2, 1, 2}, {1, 1.5, 1, 0}).value();  // differences 0, 0.5, 2, -4
  CHECK(number(sum_squared_error(x, target)) == 20.25);
  CHECK(number(mean_squared_error(x, target)) == 20.25 / 4);
  CHECK(number(absolute_error(x, target)) == 6.5 / 4);
  CHECK(number(smooth_l1(x, target)) == (0.125 + 1.5 + 3.5) / 4);
  CHECK(number(weighted_squared_error(x, target, of(*backend, {1, 1, 1, 2}, {1, 2}).value())) == (0 + 1 + 4 + 64) / 4.0);
  CHECK(number(loss(Loss::absolute, x, target, of(*backend, {1, 2, 1, 2}, {1, 2, 3, 0}).value(), 2)) == 2 * (1 + 6));
}

TEST_CASE("a loss at its target is 0, with a gradient of 0") {
  auto backend = make_reference_backend();
  for (Loss kind : {Loss::squared, Loss::smooth_l1, Loss::absolute}) {
    Variable x = of(*backend, {1, 2, 1, 2}, {1, 2, 3, -4}, true);
    const Variable y = loss(kind, x, x.value(), {}, 1);
    CHECK(number(y) == 0);
    backward(y);
    for (float d : to_host(x.grad())) CHECK(d == 0);
  }
}

TEST_CASE("the target is a constant") {
  auto backend = make_reference_backend();
  Variable x = of(*backend, {1, 2, 1, 2}, {1, 2, 3, -4}), target = of(*backend, {1, 2, 1, 2}, {1, 1, 1, 1}, true);
  CHECK_FALSE(mean_squared_error(x, target.value()).requires_grad());
}

TEST_CASE("where a mask is 0, a loss looks away") {
  auto backend = make_reference_backend();
  Variable x = of(*backend, {1, 2, 1, 2}, {1, 2, 3, -4}, true);
  const Variable y = loss(Loss::squared, x, filled(*backend, {1, 2, 1, 2}, 0).value(), of(*backend, {1, 1, 1, 2}, {1, 0}).value(), 1);
  CHECK(number(y) == 10);
  backward(y);
  CHECK(to_host(x.grad()) == std::vector<float>{2, 0, 6, 0});
}

TEST_CASE("one target serves a batch of Gram matrices; when it is frozen it is spread out once") {
  auto backend = make_reference_backend();
  const Variable x = of(*backend, {2, 1, 1, 2}, {1, 2, 3, 4});
  Tensor target = of(*backend, {1, 1, 1, 2}, {1, 1}).value();
  CHECK(number(sum_squared_error(x, target)) == 0 + 1 + 4 + 9);
  target.freeze();
  CHECK(number(sum_squared_error(x, target)) == 14);
  const size_t live = backend->pool()->usage().live;
  CHECK(number(sum_squared_error(x, target)) == 14);
  CHECK(backend->pool()->usage().live == live);
}

TEST_CASE("losses refuse what does not fit, in one sentence") {
  auto backend = make_reference_backend();
  const Variable x = filled(*backend, {2, 3, 4, 4}, 1);
  CHECK_THROWS_WITH_AS(mean_squared_error(x, filled(*backend, {2, 3, 4, 5}, 1).value()),
                       "loss: x is [2, 3, 4, 4] (f32, lanes 1) and its target [2, 3, 4, 5] (f32, lanes 1); they must be alike", ShapeError);
  CHECK_THROWS_AS(mean_squared_error(x, filled(*backend, {2, 3, 4, 4}, 1, 8).value()), ShapeError);
  CHECK_THROWS_AS(mean_squared_error(x, {}), ShapeError);
  CHECK_THROWS_AS(weighted_squared_error(x, x.value(), filled(*backend, {1, 3, 4, 4}, 1).value()), ShapeError);
  CHECK_THROWS_AS(weighted_squared_error(x, x.value(), filled(*backend, {3, 1, 4, 4}, 1).value()), ShapeError);
  CHECK_THROWS_AS(weighted_squared_error(x, x.value(), filled(*backend, {1, 1, 5, 4}, 1).value()), ShapeError);
}

TEST_CASE("a constant picture has no total variation and no gradient of it") {
  auto backend = make_reference_backend();
  for (Variation kind : {Variation::squared, Variation::absolute, Variation::torch}) {
    Variable x(filled(*backend, {2, 3, 5, 4}, 117).value(), true);
    const Variable y = total_variation(x, kind, 2);
    CHECK(number(y) == 0);
    backward(y);
    for (float d : to_host(x.grad())) CHECK(d == 0);
  }
}

TEST_CASE("each kind of total variation is its formula") {
  auto backend = make_reference_backend();
  const Variable x = of(*backend, {1, 1, 2, 3}, {1, 4, 2, 0, 0, 5});  // across 3, -2 and 0, 5; down -1, -4, 3
  CHECK(number(total_variation(x, Variation::squared)) == 9 + 4 + 0 + 25 + 1 + 16 + 9);
  CHECK(number(total_variation(x, Variation::absolute, 2)) == 2 * (3 + 2 + 0 + 5 + 1 + 4 + 3));
  CHECK(number(total_variation(x, Variation::torch)) == 0.5 * (9 + 1 + 4 + 16));  // the top-left 1 x 2 pixels
}

TEST_CASE("the gradient of the torch form is the one fast-neural-style adds") {
  auto backend = make_reference_backend();
  Variable x = of(*backend, {1, 1, 2, 2}, {1, 4, 2, 7}, true);
  backward(total_variation(x, Variation::torch));
  // dx = x00 - x01 = -3, dy = x00 - x10 = -1: g00 += dx + dy, g01 -= dx, g10 -= dy
  CHECK(to_host(x.grad()) == std::vector<float>{-4, 3, 1, 0});
}
