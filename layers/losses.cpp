#include "layers/losses.h"

#include "layers/case.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {
namespace {

Tensor repeated(const Tensor& target, int images) {
  return target.derived("repeated " + std::to_string(images), [&] {
    Shape s = target.shape();
    s.n = images;
    Tensor y(target.backend(), s, 1, target.dtype());
    spread(target, 1, {y});
    return y;
  });
}

Tensor fitted_target(const Variable& x, const Tensor& target) {
  if (!target.defined()) throw ShapeError("loss: there is no target for x " + x.shape().text());
  if (target.same_layout(x.value())) return target;
  Shape one_image = x.shape();
  one_image.n = 1;
  if (target.shape() == one_image && is_planar(target) && is_planar(x.value())) return repeated(target, x.shape().n);
  throw ShapeError("loss: x is " + layout_text(x.value()) + " and its target " + layout_text(target) + "; they must be alike");
}

void check_weight(const Variable& x, const Tensor& weight) {
  if (!weight.defined() || weight.same_layout(x.value())) return;
  const Shape &s = x.shape(), &w = weight.shape();
  if ((w.n != 1 && w.n != s.n) || w.c != 1 || w.h != s.h || w.w != s.w || !is_planar(weight)) {
    throw ShapeError("loss: the weight is " + layout_text(weight) + " and must be like x, " + layout_text(x.value()) +
                     ", or a planar mask [N or 1, 1, H, W]");
  }
}

double per_element(const Variable& x) { return 1.0 / double(x.shape().elements()); }

}  // namespace

Variable loss(Loss kind, const Variable& x, const Tensor& wanted, const Tensor& weight, double scale) {
  const Tensor target = fitted_target(x, wanted);
  check_weight(x, weight);
  Tensor y = planar(x.backend(), {});
  x.backend().loss(kind, x.value(), target, weight.defined() ? &weight : nullptr, scale, y);
  return record("loss", y, {x}, [=, x = x.value()](Tensor& dy, std::span<GradientSink> d) {
    if (d[0]) x.backend().loss_backward(kind, x, target, weight.defined() ? &weight : nullptr, dy, scale, d[0].out());
  });
}

Variable mean_squared_error(const Variable& x, const Tensor& target) { return loss(Loss::squared, x, target, {}, per_element(x)); }
Variable sum_squared_error(const Variable& x, const Tensor& target) { return loss(Loss::squared, x, target, {}, 1); }
Variable smooth_l1(const Variable& x, const Tensor& target) { return loss(Loss::smooth_l1, x, target, {}, per_element(x)); }
Variable absolute_error(const Variable& x, const Tensor& target) { return loss(Loss::absolute, x, target, {}, per_element(x)); }
Variable weighted_squared_error(const Variable& x, const Tensor& target, const Tensor& weight) {
  return loss(Loss::squared, x, target, weight, per_element(x));
}

LayerCases losses_cases() {
  // Runs on {x, target} or {x, target, weight}.
  const auto of = [](Loss kind, double scale) {
    return [=](std::vector<Variable>& x) { return loss(kind, x[0], x[1].value(), x.size() > 2 ? x[2].value() : Tensor{}, scale); };
  };
  const Shape small{2, 3, 5, 4}, wide{1, 17, 3, 3};
  const Input near_zero = constant(uniform(small, -0.05, 0.05));  // keeps |x - target| off its kink, where x is off 0
  const auto mask = [](Shape s) { return constant(Input{Input::Role::parameter, s, Input::Fill::uniform, 0.5, 1.5}); };
  const auto timed = [&](const char* name, Shape s, Loss kind, bool masked) {
    const double n = double(s.elements()), m = masked ? double(s.pixels()) : 0;
    Case c{name, {activation(s), constant(activation(s))}, of(kind, 1 / n)};
    if (masked) c.inputs.push_back(mask({1, 1, s.h, s.w}));
    c.cost = {(masked ? 4 : 3) * n, 4 * (2 * n + m), (masked ? 4 : 2) * n, 4 * (3 * n + m)};
    c.bench_only = true;
    return c;
  };
  return {
      "losses",
      "layers/losses.h",
      R"($y = s\sum\rho(d)$, $d = w\,(x-t)$; $\rho(d) = d^2$ (squared), $|d|$ (absolute), or $\tfrac12 d^2$ for $|d|<1$ and $|d|-\tfrac12$ beyond (smooth L1).)",
      R"($dx = s\, dy\, w\,\rho'(d)$; $\rho' = 2d$, $\operatorname{sign} d$, $\min(\max(d,-1),1)$.)",
      R"(Chain rule: $\partial d/\partial x = w$. The weight stands inside $\rho$, so a squared error is weighted by $w^2$. Smooth L1 joins the two others at $|d|=1$ with equal value $\tfrac12$ and slope 1.)",
      {
          {"squared 2x3x5x4", {activation(small), constant(activation(small))}, of(Loss::squared, 1), true},
          {"mean squared 1x17x3x3",
           {activation(wide), constant(activation(wide))},
           [](auto& x) { return mean_squared_error(x[0], x[1].value()); }},
          {"squared, weight of x's shape",
           {activation(wide), constant(activation(wide)), constant(activation(wide))},
           of(Loss::squared, 2),
           true},
          {"squared, masks", {activation(small), constant(activation(small)), mask({2, 1, 5, 4})}, of(Loss::squared, 1), true},
          {"squared, one mask", {activation(wide), constant(activation(wide)), mask({1, 1, 3, 3})}, of(Loss::squared, 1), true},
          {"squared, one target for two", {parameter({2, 1, 3, 3}), constant(parameter({1, 1, 3, 3}))}, of(Loss::squared, 1), true},
          {"squared, one pixel 2x17x1x1", {activation({2, 17, 1, 1}), constant(activation({2, 17, 1, 1}))}, of(Loss::squared, 1), true},
          {"smooth L1", {activation(small), constant(activation(small))}, [](auto& x) { return smooth_l1(x[0], x[1].value()); }},
          {"smooth L1, one mask", {activation(small), constant(activation(small)), mask({1, 1, 5, 4})}, of(Loss::smooth_l1, 1)},
          {"absolute", {away_from_zero(small), near_zero}, of(Loss::absolute, 1), true},
          {"absolute, masks", {away_from_zero(small), near_zero, mask({2, 1, 5, 4})}, of(Loss::absolute, 0.5), true},
          timed("squared 4x64x256x256", {4, 64, 256, 256}, Loss::squared, false),
          timed("squared, masked 1x64x512x512", {1, 64, 512, 512}, Loss::squared, true),
          timed("smooth L1 4x128x128x128", {4, 128, 128, 128}, Loss::smooth_l1, false),
      }};
}

}  // namespace impasto
