#include "layers/activations.h"

#include "layers/in_place.h"
#include "layers/registry.h"

namespace impasto {

namespace {

/// Which tensors stay alive for the backward pass. Where the sign of y is that of x, y alone will do, and y is what the next layer
/// keeps anyway.
enum class Keep { y, both };

Variable activate(const char* name, Unary op, double a, Variable x, Keep keep) {
  Tensor y = in_place_or_new(x);
  x.backend().unary(op, a, 0, x.value(), y);
  const Tensor kept_x = keep == Keep::both ? x.value() : y;
  return record(name, y, {x},
                [=](Tensor& dy, std::span<GradientSink> dx) { dy.backend().unary_backward(op, a, 0, kept_x, y, dy, dx[0].out()); });
}

}  // namespace

Variable relu(Variable x) { return activate("relu", Unary::relu, 0, std::move(x), Keep::y); }

Variable leaky_relu(Variable x, double slope) {
  return activate("leaky_relu", Unary::leaky_relu, slope, std::move(x), slope > 0 ? Keep::y : Keep::both);
}

Variable relu6(Variable x) { return activate("relu6", Unary::relu6, 0, std::move(x), Keep::y); }

Variable elu(Variable x, double alpha) { return activate("elu", Unary::elu, alpha, std::move(x), Keep::both); }

Variable silu(Variable x) { return activate("silu", Unary::silu, 0, std::move(x), Keep::both); }

Variable sigmoid(Variable x) { return activate("sigmoid", Unary::sigmoid, 0, std::move(x), Keep::both); }

Variable scaled_tanh(Variable x, double scale) {
  if (scale == 0) throw UsageError("scaled_tanh: scale must not be 0");
  return activate("scaled_tanh", Unary::tanh, scale, std::move(x), Keep::both);
}

namespace {

using Function = Variable (*)(Variable);

/// The shapes every activation is tried on, one as it stands in a network for the bench (`flops` an element, forward and
/// backward), and the gradient's traffic: dy and one saved tensor read, dx written.
std::vector<Case> cases_of(Function f, Input (*fill)(Shape), bool exact, double forward_flops, double backward_flops) {
  const auto run = [f](std::vector<Variable>& x) { return f(x[0]); };
  std::vector<Case> cases{{"2x3x5x7", {fill({2, 3, 5, 7})}, run, exact},
                          {"17 channels", {fill({1, 17, 3, 2})}, run, exact},
                          {"single pixel", {fill({2, 5, 1, 1})}, run, exact}};
  const Shape big{4, 64, 256, 256};
  const double n = double(big.elements());
  cases.push_back({"4x64x256x256", {fill(big)}, run, exact, {forward_flops * n, 8 * n, backward_flops * n, 12 * n}, true});
  return cases;
}

// Wide enough to meet both ends of relu6; a kink is hit within a difference step once in some ten thousand draws.
Input both_ends(Shape shape) { return uniform(shape, -3, 9); }

Variable leaky_fifth(Variable x) { return leaky_relu(std::move(x), 0.2); }
Variable plain_elu(Variable x) { return elu(std::move(x)); }
Variable tanh150(Variable x) { return scaled_tanh(std::move(x), 150); }

}  // namespace

LayerCases relu_cases() {
  return {"relu",
          "layers/activations.h",
          R"($$y = \max(x, 0)$$)",
          R"($$dx = dy \cdot [y > 0]$$)",
          R"(The slope is 1 on the right of 0 and 0 on the left. $y > 0$ exactly where $x > 0$, so the output alone is kept.)",
          cases_of(relu, away_from_zero, true, 1, 1)};
}

LayerCases leaky_relu_cases() {
  LayerCases layer{"leaky_relu",
                   "layers/activations.h",
                   R"($$y = x \text{ where } x > 0, \text{ else } \alpha x$$)",
                   R"($$dx = dy \text{ where } x > 0, \text{ else } \alpha\, dy$$)",
                   R"(Two lines that meet at 0. For $\alpha > 0$ the sign of $y$ is that of $x$, so the output alone is kept.)",
                   cases_of(leaky_fifth, away_from_zero, false, 1, 1)};
  layer.cases.push_back(
      {"negative slope", {away_from_zero({1, 3, 4, 5})}, [](std::vector<Variable>& x) { return leaky_relu(x[0], -0.5); }});
  return layer;
}

LayerCases relu6_cases() {
  return {"relu6",
          "layers/activations.h",
          R"($$y = \min(\max(x, 0), 6)$$)",
          R"($$dx = dy \cdot [0 < y < 6]$$)",
          R"(The slope is 1 between the two ends and 0 beyond them; at the ends themselves it is taken as 0, as PyTorch does.)",
          cases_of(relu6, both_ends, true, 2, 2)};
}

LayerCases elu_cases() {
  LayerCases layer{"elu",
                   "layers/activations.h",
                   R"($$y = x \text{ where } x > 0, \text{ else } \alpha (e^x - 1)$$)",
                   R"($$dx = dy \text{ where } x > 0, \text{ else } (y + \alpha)\, dy$$)",
                   R"(Where $x \le 0$, $y = \alpha (e^x - 1)$ and $y' = \alpha e^x = y + \alpha$: no second exponential.
With $\alpha = 1$ the slope has no step at 0.)",
                   cases_of(plain_elu, away_from_zero, false, 3, 2)};
  layer.cases.push_back({"alpha 0.5", {away_from_zero({1, 3, 4, 5})}, [](std::vector<Variable>& x) { return elu(x[0], 0.5); }});
  return layer;
}

LayerCases silu_cases() {
  return {"silu",
          "layers/activations.h",
          R"($$y = x\, s, \qquad s = \frac{1}{1 + e^{-x}}$$)",
          R"($$dx = s\, \bigl(1 + x (1 - s)\bigr)\, dy$$)",
          R"(Product rule, $(x s)' = s + x s'$, with $s' = s (1 - s)$.)",
          cases_of(silu, activation, false, 4, 8)};
}

LayerCases sigmoid_cases() {
  return {"sigmoid",
          "layers/activations.h",
          R"($$y = \frac{1}{1 + e^{-x}}$$)",
          R"($$dx = y (1 - y)\, dy$$)",
          R"($y' = \frac{e^{-x}}{(1 + e^{-x})^2}$, and $1 - y = \frac{e^{-x}}{1 + e^{-x}}$, so $y' = y (1 - y)$.
Padding lanes have to be cleared behind it: $y = \frac12$ at $x = 0$.)",
          cases_of(sigmoid, activation, false, 3, 3)};
}

LayerCases scaled_tanh_cases() {
  return {"scaled_tanh",
          "layers/activations.h",
          R"($$y = a \tanh(x)$$)",
          R"($$dx = \left(a - \frac{y^2}{a}\right) dy$$)",
          R"($\tanh' = 1 - \tanh^2$ and $\tanh(x) = y / a$: $a (1 - y^2 / a^2) = a - y^2 / a$.)",
          cases_of(tanh150, activation, false, 2, 4)};
}

}  // namespace impasto
