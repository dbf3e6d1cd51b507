#include "layers/deferred_norm.h"

#include <algorithm>

#include "layers/arithmetic.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/in_place.h"
#include "layers/instance_norm.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {

Measured measured(Variable x) {
  const Shape s = x.shape();
  Tensor mean = planar(x.backend(), {s.n, s.c, 1, 1}), variance = mean.like();
  x.backend().channel_moments(x.value(), mean, variance);
  return {std::move(x), mean, variance};
}

Normed::Normed(NormScope of, Variable raw, const Variable& gammas, const Variable& betas, const Tensor& means, const Tensor& variance,
               double eps, bool positive)
    : x(std::move(raw)), gamma(gammas), beta(betas), scope(of), mean(means), rstd(means.like()), relu(positive) {
  const auto rows = [](const Variable& row) { return row.defined() ? row.shape().n : 1; };
  scale = planar(x.backend(), {std::max({mean.shape().n, rows(gamma), rows(beta)}), x.shape().c, 1, 1});
  shift = scale.like();
  x.backend().norm_factors(mean, variance, pointer(gamma.value()), pointer(beta.value()), eps, rstd, scale, shift);
}

ConvInput Normed::input() const {
  if (is_plain()) return {};
  return {&scale, &shift, relu, NoGrad::active() && x.value().unshared() && !x.value().frozen()};
}

Variable applied(Normed n, const Variable& shortcut) {
  if (n.is_plain()) return shortcut.defined() ? add(std::move(n.x), shortcut) : n.x;
  if (shortcut.defined() && !shortcut.value().same_layout(n.x.value())) {
    throw ShapeError("a shortcut of " + layout_text(shortcut.value()) + " does not fit what it is added to, " + layout_text(n.x.value()));
  }
  Tensor y = in_place_or_new(n.x);
  n.x.backend().scale_shift(n.x.value(), &n.scale, &n.shift, n.relu, pointer(shortcut.value()), y);
  NormTape tape = n.tape();
  // With constant statistics, gamma and beta dx = scale dy: keeping these C factors instead frees the activation.
  const bool needs_x = n.scope != NormScope::frozen || n.relu || n.gamma.requires_grad() || n.beta.requires_grad();
  if (!needs_x) tape.x = Tensor();
  return record("applied_norm", y, {n.x, n.gamma, n.beta, shortcut}, [tape, scale = n.scale](Tensor& dy, std::span<GradientSink> d) {
    if (d[3]) d[3].give(dy);
    if (tape.x.defined()) return tape.backward(dy, d.first(3));
    if (d[0]) dy.backend().binary(Binary::multiply, 1, dy, scale, d[0].out());
  });
}

namespace {

// x, weight, gamma, beta, second weight: convolution, norm, ReLU, convolution.
Case chain(std::string name, std::vector<Input> inputs, Conv2dOptions first, Conv2dOptions second) {
  return {std::move(name), std::move(inputs), [=](std::vector<Variable>& v) {
            return conv2d(deferred_instance_norm(measured_conv2d(v[0], v[1], {}, first), v[2], v[3], 1e-5, true), v[4], {}, second);
          }};
}

RunningStatistics fresh(Backend& backend, int channels) {
  RunningStatistics running{planar(backend, {1, channels, 1, 1}), planar(backend, {1, channels, 1, 1})};
  backend.fill(running.mean, 0);
  backend.fill(running.variance, 1);
  return running;
}

Variable batch_chain(std::vector<Variable>& v) {
  RunningStatistics running = fresh(v[0].backend(), v[1].shape().n);
  return conv2d(deferred_batch_norm(measured_conv2d(v[0], v[1], {}, {.pad = 1}), v[2], v[3], running, 0.1, 1e-5, true), v[4], {},
                {.pad = 1, .padding = Padding::replicate});
}

Variable frozen_chain(std::vector<Variable>& v) {
  return conv2d(deferred_batch_norm_frozen(v[0], v[3], v[4], {v[1].value(), v[2].value()}, 1e-5, true), v[5], {}, {.pad = 1});
}

Variable residual(std::vector<Variable>& v) {
  Normed a = deferred_instance_norm(measured_conv2d(v[0], v[1], {}, {.pad = 1, .padding = Padding::reflect}), v[2], v[3], 1e-5, true);
  return applied(deferred_instance_norm(measured_conv2d(a, v[4], {}, {.pad = 1, .padding = Padding::reflect}), v[2], v[3]), v[0]);
}

}  // namespace

LayerCases deferred_norm_cases() {
  const auto inputs = [](Shape x, int k, int rows, Shape last) {
    return std::vector<Input>{activation(x), parameter({k, x.c, 3, 3}), parameter({rows, k}), parameter({rows, k}), parameter(last)};
  };
  const Conv2dOptions same{.pad = 1}, mirrored{.pad = 1, .padding = Padding::reflect};
  // A norm that rounding to bf16 does not push over the kink of a ReLU.
  const Input zero{Input::Role::parameter, {1, 3}, Input::Fill::uniform, 0, 0};
  const Input small{Input::Role::parameter, {1, 3}, Input::Fill::uniform, 0, 1e-3};
  LayerCases layer;
  layer.layer = "deferred_norm", layer.header = "layers/deferred_norm.h";
  layer.forward = R"($z = \max(\gamma\,\hat x + \beta,\, 0) = \max(s\,x + t,\, 0)$ with $s = \gamma r$, $t = \beta - \mu s$, and $y$ a
convolution of $z$, which is never written out: the convolution that writes $x$ gives $\mu$ and $\sigma^2$ with it, the one that reads it
computes $z$ on the way in. At the end of a residual block $y = z + u$ is written in one pass.)";
  layer.gradient =
      R"($dz$ is the convolution's data gradient, counted as 0 where $\gamma\,\hat x + \beta \le 0$; from it $dx$, $d\gamma$ and
$d\beta$ as in instance_norm and batch_norm. The weight gradient takes $z$, computed again on the way in. $du = dy$.)";
  layer.derivation = R"(The same functions as one by one, so the same chain rule; what is saved for it differs. $\hat x$, $z$ and the
mask of the ReLU are functions of $x$, $\mu$, $r$, $\gamma$ and $\beta$, so the raw $x$ is all that is kept of an activation.)";
  layer.cases = {
      chain("3x3, norm, relu, 3x3", inputs({2, 3, 5, 4}, 4, 1, {5, 4, 3, 3}), same, same),
      chain("rows of each image, 17 channels, reflect", inputs({2, 4, 5, 6}, 17, 2, {9, 17, 3, 3}), mirrored, mirrored),
      chain("upsampled on the way in, to a few channels", inputs({1, 17, 3, 4}, 9, 1, {3, 9, 3, 3}), same,
            {.pad = 1, .padding = Padding::reflect, .upsample = 2}),
      chain("strides 2, SAME", inputs({1, 5, 8, 7}, 9, 1, {17, 9, 3, 3}), {.stride = 2, .pad = 1},
            {.stride = 2, .pads = Pads{0, 0, 1, 1}, .relu = true}),
      {"batch norm", inputs({2, 3, 4, 5}, 4, 1, {9, 4, 3, 3}), batch_chain},
      {"frozen batch norm of a picture",
       {away_from_zero({2, 3, 5, 4}), constant(zero), constant(positive_parameter({1, 3})), positive_parameter({1, 3}), small,
        parameter({9, 3, 3, 3})},
       frozen_chain},
      {"residual block, 9 channels", inputs({2, 9, 4, 5}, 9, 1, {9, 9, 3, 3}), residual},
      {"one norm read twice",
       {activation({2, 3, 4, 5}), parameter({1, 3}), parameter({1, 3}), parameter({4, 3, 1, 1}), parameter({4, 3, 1, 1})},
       [](std::vector<Variable>& v) {
         const Normed n = deferred_instance_norm(measured(v[0]), v[1], v[2], 1e-5, true);
         return multiply(conv2d(n, v[3]), conv2d(n, v[4]));
       }},
      {"written out, relu and shortcut",
       {activation({2, 9, 3, 3}), parameter({1, 9}), parameter({1, 9}), activation({2, 9, 3, 3})},
       [](std::vector<Variable>& v) { return applied(deferred_instance_norm(measured(v[0]), v[1], v[2], 1e-5, true), v[3]); }},
  };
  Case frozen = chain("only the norm learns", inputs({1, 3, 5, 4}, 4, 1, {5, 4, 3, 3}), same, same);
  for (const int i : {0, 1, 4}) frozen.inputs[size_t(i)] = constant(frozen.inputs[size_t(i)]);
  Case last = chain("only the last weight learns", inputs({1, 3, 5, 4}, 4, 1, {5, 4, 3, 3}), same, same);
  for (const int i : {0, 1, 2, 3}) last.inputs[size_t(i)] = constant(last.inputs[size_t(i)]);
  layer.cases.push_back(frozen);
  layer.cases.push_back(last);

  const Shape big{1, 64, 256, 256};
  Case timed{"residual block 1x64x256x256", inputs(big, 64, 1, {64, 64, 3, 3}), residual};
  const double flops = 2 * 2.0 * double(big.elements()) * 64 * 9, bytes = 4.0 * double(big.elements());
  timed.cost = {flops, 6 * bytes, 2 * flops, 12 * bytes};
  timed.bench_only = true;
  layer.cases.push_back(timed);
  return layer;
}

}  // namespace impasto
