#include "layers/instance_norm.h"

#include "layers/case.h"
#include "layers/in_place.h"
#include "layers/matmul.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {
namespace {

void check_row(const char* name, const Variable& row, const Shape& x) {
  if (!row.defined()) return;
  const Shape& s = row.shape();
  if ((s.n != 1 && s.n != x.n) || s.c != x.c || s.pixels() != 1 || !is_planar(row.value())) {
    throw ShapeError(std::string("instance norm: ") + name + " is " + layout_text(row.value()) +
                     " and must be planar [1, C, 1, 1] or [N, C, 1, 1] for x " + x.text());
  }
}

}  // namespace

Variable instance_norm(Variable x, const Variable& gamma, const Variable& beta, double eps, bool relu) {
  const Shape s = x.shape();
  check_row("gamma", gamma, s);
  check_row("beta", beta, s);
  if (gamma.defined() && beta.defined() && gamma.shape() != beta.shape()) {
    throw ShapeError("instance norm: gamma is " + gamma.shape().text() + " and beta " + beta.shape().text() + "; they must be alike");
  }
  Tensor mean = planar(x.backend(), {s.n, s.c, 1, 1}), rstd = mean.like(), y = in_place_or_new(x);
  x.backend().norm(NormScope::image, x.value(), pointer(gamma.value()), pointer(beta.value()), eps, relu, mean, rstd, y);
  return record("instance_norm", y, {x, gamma, beta},
                [tape = NormTape{NormScope::image, x.value(), gamma.value(), beta.value(), mean, rstd, relu}](
                    Tensor& dy, std::span<GradientSink> d) { tape.backward(dy, d); });
}

Normed deferred_instance_norm(const Measured& x, const Variable& gamma, const Variable& beta, double eps, bool relu) {
  check_row("gamma", gamma, x.x.shape());
  check_row("beta", beta, x.x.shape());
  return {NormScope::image, x.x, gamma, beta, x.mean, x.variance, eps, relu};
}

Variable style_rows(const Variable& table, const Variable& weights) {
  const Shape& t = table.shape();
  const Shape& w = weights.shape();
  if (t.n != 1 || t.c != 1 || w.n != 1 || w.c != 1 || w.w != t.h) {
    throw ShapeError("style_rows: a table of styles " + t.text() + " and weights " + w.text() +
                     " do not fit; they must be [1, 1, styles, channels] and [1, 1, images, styles]");
  }
  return reshape(matmul(weights, table), {w.h, t.w, 1, 1});
}

LayerCases instance_norm_cases() {
  const auto affine = [](std::vector<Variable>& x) { return instance_norm(x[0], x[1], x[2]); };
  const auto plain = [](std::vector<Variable>& x) { return instance_norm(x[0], {}, {}); };
  const auto with_relu = [](std::vector<Variable>& x) { return instance_norm(x[0], x[1], x[2], 1e-5, true); };
  const auto conditional = [](std::vector<Variable>& x) { return instance_norm(x[0], style_rows(x[1], x[3]), style_rows(x[2], x[3])); };
  const auto timed = [&](const char* name, Shape s) {
    const double n = double(s.elements());
    // Backward: xhat and two sums (5), the combination (5).
    Case c{name, {activation(s), parameter({1, s.c}), parameter({1, s.c})}, affine};
    c.cost = {7 * n, 4 * 2 * n, 10 * n, 4 * 3 * n};
    c.bench_only = true;
    return c;
  };
  return {
      "instance_norm",
      "layers/instance_norm.h",
      R"($y = \gamma\,\hat x + \beta$, $\quad \hat x = (x-\mu)\,r$, $\quad r = (\sigma^2+\varepsilon)^{-1/2}$; $\mu$ and $\sigma^2$ (biased) over the $P = HW$ pixels of one channel of one image. Conditional: $\gamma_n = \sum_s w_{ns}\,\Gamma_s$, $\beta_n$ likewise.)",
      R"($dx = \gamma\, r\,\bigl(dy - \overline{dy} - \hat x\,\overline{dy\,\hat x}\bigr)$, $\quad d\gamma = \sum dy\,\hat x$, $\quad d\beta = \sum dy$; bars are means over the same pixels. $d\Gamma_s = \sum_n w_{ns}\, d\gamma_n$, $dw_{ns} = \sum_c \Gamma_{sc}\, d\gamma_{nc}$.)",
      R"(Let $g = \gamma\, dy$ be the gradient of $\hat x$, and sum over the pixels of one plane. $\mu = \frac1P\sum x_j$ gives $\partial\mu/\partial x_i = \frac1P$. $\sigma^2 = \frac1P\sum (x_j-\mu)^2$ gives $\partial\sigma^2/\partial x_i = \frac2P(x_i-\mu)$, for the path through $\mu$ vanishes: $\sum(x_j-\mu)=0$. From $r = (\sigma^2+\varepsilon)^{-1/2}$: $\partial r/\partial x_i = -\tfrac12 r^3\cdot\frac2P(x_i-\mu) = -\frac{r^2}{P}\hat x_i$. So
$$\frac{\partial \hat x_j}{\partial x_i} = r\,\delta_{ij} - \frac rP + (x_j-\mu)\frac{\partial r}{\partial x_i} = r\Bigl(\delta_{ij} - \frac1P - \frac{\hat x_i\hat x_j}{P}\Bigr),\qquad dx_i = \sum_j g_j\frac{\partial\hat x_j}{\partial x_i} = r\bigl(g_i - \bar g - \hat x_i\,\overline{g\hat x}\bigr).$$
The two subtractions are projections: adding a constant to a plane leaves $y$ as it is, so $dx$ has mean zero; scaling it about its mean leaves $y$ as it is too (up to $\varepsilon$), so $dx$ has no component along $\hat x$.)",
      {
          {"affine 2x3x5x4", {activation({2, 3, 5, 4}), parameter({1, 3}), parameter({1, 3})}, affine},
          {"relu 2x3x5x4", {activation({2, 3, 5, 4}), parameter({1, 3}), parameter({1, 3})}, with_relu},
          {"relu 1x17x3x3", {activation({1, 17, 3, 3}), parameter({1, 17}), parameter({1, 17})}, with_relu},
          {"rows of each image 2x3x3x5", {activation({2, 3, 3, 5}), parameter({2, 3}), parameter({2, 3})}, affine},
          {"17 channels, plain 1x17x3x3", {activation({1, 17, 3, 3})}, plain},
          {"beta only 2x3x3x3", {activation({2, 3, 3, 3}), parameter({1, 3})}, [](auto& x) { return instance_norm(x[0], {}, x[1]); }},
          {"one pixel 2x17x1x1", {activation({2, 17, 1, 1}), parameter({1, 17}), parameter({1, 17})}, affine},
          {"conditional, 4 styles 3x3x3x3",
           {activation({3, 3, 3, 3}), parameter({1, 1, 4, 3}), parameter({1, 1, 4, 3}), parameter({1, 1, 3, 4})},
           conditional},
          timed("4x64x256x256", {4, 64, 256, 256}),
          timed("1x64x512x512", {1, 64, 512, 512}),
          timed("4x128x64x64", {4, 128, 64, 64}),
      }};
}

}  // namespace impasto
