#include "layers/batch_norm.h"

#include "layers/case.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {
namespace {

void check_vector(const char* name, const Tensor& v, int channels) {
  if (!v.defined()) return;
  if (v.shape() != Shape{1, channels, 1, 1} || !is_planar(v)) {
    throw ShapeError(std::string("batch norm: ") + name + " is " + layout_text(v) + " and must be planar [1, " + std::to_string(channels) +
                     ", 1, 1], one number for each channel");
  }
}

void check(const Variable& x, const Variable& gamma, const Variable& beta, const RunningStatistics& running) {
  check_vector("gamma", gamma.value(), x.shape().c);
  check_vector("beta", beta.value(), x.shape().c);
  if (!running.mean.defined() || !running.variance.defined()) throw ShapeError("batch norm: the running mean or variance is missing");
  check_vector("the running mean", running.mean, x.shape().c);
  check_vector("the running variance", running.variance, x.shape().c);
}

Tensor one(Backend& backend) {
  Tensor y = planar(backend, {});
  backend.fill(y, 1);
  return y;
}

// The variance is won back from rstd, var = 1 / rstd^2 - eps: it saves a pass over x, and is as exact as var + eps is.
void remember(RunningStatistics& running, const Tensor& mean, const Tensor& rstd, double momentum, double eps, double count) {
  Backend& backend = mean.backend();
  const double unbiased = momentum * count / (count - 1);
  Tensor updated = mean.like(), square = mean.like();
  backend.unary(Unary::affine, 1 - momentum, 0, running.mean, updated);
  spread(mean, momentum, {updated, true});
  backend.convert(updated, {running.mean});
  backend.binary(Binary::multiply, 1, rstd, rstd, {square});
  backend.unary(Unary::affine, 1 - momentum, -unbiased * eps, running.variance, updated);
  backend.binary(Binary::divide, unbiased, one(backend), square, {updated, true});
  backend.convert(updated, {running.variance});
}

// Of one channel in the whole batch; refuses what has no variance.
double numbers_of(const Shape& x) {
  const double count = double(x.n) * double(x.pixels());
  if (count < 2) throw ShapeError("batch norm: training needs more than one number a channel to have a variance, and x is " + x.text());
  return count;
}

// The batch's moments from those of its images, which have equally many pixels: the variance within them and that between them.
Measured merged(const Measured& images) {
  const int n = images.mean.shape().n;
  Backend& backend = images.mean.backend();
  Measured batch{images.x, planar(backend, {1, images.mean.shape().c, 1, 1}), {}};
  batch.variance = batch.mean.like();
  Tensor distance = images.mean.like();
  backend.reduce_sum(images.mean, 1.0 / n, {batch.mean});
  backend.binary(Binary::subtract, 1, images.mean, batch.mean, {distance});
  backend.binary(Binary::multiply, 1, distance, distance, {distance});
  backend.reduce_sum(images.variance, 1.0 / n, {batch.variance});
  backend.reduce_sum(distance, 1.0 / n, {batch.variance, true});
  return batch;
}

}  // namespace

Variable batch_norm(const Variable& x, const Variable& gamma, const Variable& beta, RunningStatistics& running, double momentum,
                    double eps, bool relu) {
  check(x, gamma, beta, running);
  const double count = numbers_of(x.shape());
  Tensor mean = planar(x.backend(), {1, x.shape().c, 1, 1}), rstd = mean.like(), y = x.value().like();
  x.backend().norm(NormScope::batch, x.value(), pointer(gamma.value()), pointer(beta.value()), eps, relu, mean, rstd, y);
  remember(running, mean, rstd, momentum, eps, count);
  return record("batch_norm", y, {x, gamma, beta},
                [tape = NormTape{NormScope::batch, x.value(), gamma.value(), beta.value(), mean, rstd, relu}](
                    Tensor& dy, std::span<GradientSink> d) { tape.backward(dy, d); });
}

Normed deferred_batch_norm(const Measured& x, const Variable& gamma, const Variable& beta, RunningStatistics& running, double momentum,
                           double eps, bool relu) {
  check(x.x, gamma, beta, running);
  const double count = numbers_of(x.x.shape());
  const Measured batch = merged(x);
  Normed y(NormScope::batch, x.x, gamma, beta, batch.mean, batch.variance, eps, relu);
  remember(running, y.mean, y.rstd, momentum, eps, count);
  return y;
}

Variable batch_norm_frozen(Variable x, const Variable& gamma, const Variable& beta, const RunningStatistics& running, double eps,
                           bool relu) {
  return applied(deferred_batch_norm_frozen(std::move(x), gamma, beta, running, eps, relu));
}

Normed deferred_batch_norm_frozen(Variable x, const Variable& gamma, const Variable& beta, const RunningStatistics& running, double eps,
                                  bool relu) {
  check(x, gamma, beta, running);
  return {NormScope::frozen, std::move(x), gamma, beta, running.mean, running.variance, eps, relu};
}

LayerCases batch_norm_cases() {
  const auto train = [](std::vector<Variable>& x) {
    Backend& backend = x[0].backend();
    RunningStatistics running{planar(backend, {1, x[0].shape().c, 1, 1}), planar(backend, {1, x[0].shape().c, 1, 1})};
    backend.fill(running.mean, 0);
    backend.fill(running.variance, 1);
    return x.size() == 1 ? batch_norm(x[0], {}, {}, running) : batch_norm(x[0], x[1], x[2], running);
  };
  const auto frozen = [](std::vector<Variable>& x) {  // x, mean, variance [, gamma, beta]
    const RunningStatistics running{x[1].value(), x[2].value()};
    return x.size() == 3 ? batch_norm_frozen(x[0], {}, {}, running) : batch_norm_frozen(x[0], x[3], x[4], running);
  };
  const auto train_relu = [](std::vector<Variable>& x) {
    RunningStatistics running{planar(x[0].backend(), {1, 3, 1, 1}), planar(x[0].backend(), {1, 3, 1, 1})};
    running.mean.backend().fill(running.mean, 0);
    running.mean.backend().fill(running.variance, 1);
    return batch_norm(x[0], x[1], x[2], running, 0.1, 1e-5, true);
  };
  const auto frozen_relu = [](std::vector<Variable>& x) {
    return batch_norm_frozen(x[0], x[3], x[4], {x[1].value(), x[2].value()}, 1e-5, true);
  };
  const auto timed = [&](const char* name, Shape s, bool training) {
    const double n = double(s.elements());
    const Input vector = parameter({1, s.c});
    Case c{name, {activation(s), vector, vector}, train};
    c.cost = {7 * n, 4 * 2 * n, 10 * n, 4 * 3 * n};
    if (!training) {
      c.inputs = {activation(s), constant(vector), constant(positive_parameter({1, s.c})), constant(vector), constant(vector)};
      c.run = frozen;
      c.cost = {2 * n, 4 * 2 * n, n, 4 * 2 * n};
    }
    c.bench_only = true;
    return c;
  };
  const auto statistics = [](int c) { return std::pair{constant(parameter({1, c})), constant(positive_parameter({1, c}))}; };
  const auto [mean3, variance3] = statistics(3);
  const auto [mean17, variance17] = statistics(17);
  // What rounding to bf16 cannot push over the kink of a ReLU.
  const Input off_the_kink = away_from_zero({2, 3, 5, 4});
  const Input small3{Input::Role::parameter, {1, 3}, Input::Fill::uniform, 0, 1e-3};
  const Input zero3 = constant(Input{Input::Role::parameter, {1, 3}, Input::Fill::uniform, 0, 0});
  return {
      "batch_norm",
      "layers/batch_norm.h",
      R"($y = \gamma\,\hat x + \beta$, $\quad \hat x = (x-\mu)\,r$, $\quad r = (\sigma^2+\varepsilon)^{-1/2}$; $\mu$ and $\sigma^2$ (biased) over the $M = NHW$ numbers of one channel in training, constants when frozen.)",
      R"(Training: $dx = \gamma\, r\,\bigl(dy - \overline{dy} - \hat x\,\overline{dy\,\hat x}\bigr)$. Frozen: $dx = \gamma\, r\, dy$. Both: $d\gamma = \sum dy\,\hat x$, $d\beta = \sum dy$.)",
      R"(In training this is instance norm with the batch folded into the plane: $\mu$ and $\sigma^2$ depend on all $M$ numbers of the channel, and the same two projections take the mean and the component along $\hat x$ out of $dx$ (see instance_norm, with $P \to M$). With frozen statistics $y$ is affine in $x$ with slope $\gamma r$, and nothing is projected out.)",
      {
          {"training 2x3x5x4", {activation({2, 3, 5, 4}), parameter({1, 3}), parameter({1, 3})}, train},
          {"training, plain 2x17x1x3", {activation({2, 17, 1, 3})}, train},
          {"training, planes of one pixel 5x3x1x1", {activation({5, 3, 1, 1}), parameter({1, 3}), parameter({1, 3})}, train},
          {"frozen 2x3x5x4", {activation({2, 3, 5, 4}), mean3, variance3, parameter({1, 3}), parameter({1, 3})}, frozen},
          {"frozen, constant gamma 2x3x5x4",
           {activation({2, 3, 5, 4}), mean3, variance3, constant(parameter({1, 3})), constant(parameter({1, 3}))},
           frozen},
          {"training, relu 2x3x5x4", {activation({2, 3, 5, 4}), parameter({1, 3}), parameter({1, 3})}, train_relu},
          {"frozen, relu 2x3x5x4", {off_the_kink, zero3, variance3, positive_parameter({1, 3}), small3}, frozen_relu},
          {"frozen, relu, constant gamma 2x3x5x4",
           {off_the_kink, zero3, variance3, constant(positive_parameter({1, 3})), constant(small3)},
           frozen_relu},
          {"frozen, plain 1x17x3x1", {activation({1, 17, 3, 1}), mean17, variance17}, frozen},
          timed("training 4x64x256x256", {4, 64, 256, 256}, true),
          timed("frozen 1x64x512x512", {1, 64, 512, 512}, false),
      }};
}

}  // namespace impasto
