#include "layers/arithmetic.h"

#include <algorithm>

#include "layers/case.h"
#include "layers/in_place.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {
namespace {

const char* name_of(Binary op) {
  constexpr const char* names[] = {"add", "subtract", "multiply", "divide"};
  return names[int(op)];
}

// The output: as large as the larger operand in each dimension, in the layout of the operand that has that size.
Tensor output_of(Binary op, const Tensor& a, const Tensor& b) {
  const Shape &s = a.shape(), &t = b.shape();
  const Shape full{std::max(s.n, t.n), std::max(s.c, t.c), std::max(s.h, t.h), std::max(s.w, t.w)};
  bool fits = true;
  for (const Shape* x : {&s, &t}) {
    const auto dimension = [](int mine, int whole) { return mine == whole || mine == 1; };
    fits = fits && dimension(x->n, full.n) && dimension(x->c, full.c);
    fits = fits && ((x->h == full.h && x->w == full.w) || x->pixels() == 1);
  }
  if (!fits) {
    throw ShapeError(std::string(name_of(op)) + ": " + s.text() + " and " + t.text() +
                     " do not fit; dimensions must be equal or 1 (H and W together)");
  }
  if (s == full && t == full && !a.same_layout(b)) {
    throw ShapeError(std::string(name_of(op)) + ": the operands differ in layout, " + layout_text(a) + " and " + layout_text(b) +
                     "; convert one of them");
  }
  for (const Tensor* x : {&a, &b}) {
    if (x->shape() != full && !is_planar(*x)) {
      throw ShapeError(std::string(name_of(op)) + ": a repeated operand must be planar, not " + layout_text(*x));
    }
  }
  return s == full ? a.like() : t == full ? b.like() : planar(a.backend(), full);
}

// scale * (p op q), summed down to the operand's shape. `spare` is the output's layout.
void deliver(Binary op, double scale, const Tensor& p, const Tensor& q, const Tensor& spare, GradientSink& sink) {
  Backend& backend = spare.backend();
  Out out = sink.out();
  if (out.tensor.shape() == spare.shape()) {
    backend.binary(op, scale, p, q, out);
  } else {
    Tensor product = spare.like();
    backend.binary(op, scale, p, q, {product});
    backend.reduce_sum(product, 1, out);
  }
}

// dy itself, for add and subtract.
void pass(const Tensor& dy, double sign, const Shape& shape, GradientSink& sink) {
  if (sign == 1 && shape == dy.shape()) {
    sink.give(dy);
  } else if (shape == dy.shape()) {
    spread(dy, sign, sink.out());
  } else {
    dy.backend().reduce_sum(dy, sign, sink.out());
  }
}

Variable additive(Binary op, Variable a, const Variable& b) {
  Tensor y = a.value().same_layout(b.value()) ? in_place_or_new(a) : output_of(op, a.value(), b.value());
  a.backend().binary(op, 1, a.value(), b.value(), {y});
  const double sign = op == Binary::subtract ? -1 : 1;
  return record(name_of(op), y, {a, b}, [sign, sa = a.shape(), sb = b.shape()](Tensor& dy, std::span<GradientSink> d) {
    // The gradient that is dy itself goes last: the sink may keep it, and nobody reads it afterwards.
    if (d[1]) pass(dy, sign, sb, d[1]);
    if (d[0]) pass(dy, 1, sa, d[0]);
  });
}

// dx = slope(x, y) * dy. What the slope of `op` cannot depend on is not kept; dy, of the same layout, takes its place.
Variable elementwise(const char* name, Unary op, double a, double b, Variable x, bool needs_x, bool needs_y) {
  Tensor y = in_place_or_new(x);
  x.backend().unary(op, a, b, x.value(), y);
  return record(name, y, {x}, [=, x = needs_x ? x.value() : Tensor{}, y = needs_y ? y : Tensor{}](Tensor& dy, std::span<GradientSink> d) {
    if (d[0]) dy.backend().unary_backward(op, a, b, x.defined() ? x : dy, y.defined() ? y : dy, dy, d[0].out());
  });
}

}  // namespace

Variable add(Variable a, const Variable& b) { return additive(Binary::add, std::move(a), b); }
Variable subtract(const Variable& a, const Variable& b) { return additive(Binary::subtract, a, b); }

Variable multiply(const Variable& a, const Variable& b) {
  Tensor y = output_of(Binary::multiply, a.value(), b.value());
  a.backend().binary(Binary::multiply, 1, a.value(), b.value(), {y});
  const Tensor saved_a = b.requires_grad() ? a.value() : Tensor{}, saved_b = a.requires_grad() ? b.value() : Tensor{};
  return record("multiply", y, {a, b}, [a = saved_a, b = saved_b](Tensor& dy, std::span<GradientSink> d) {
    if (d[0]) deliver(Binary::multiply, 1, dy, b, dy, d[0]);
    if (d[1]) deliver(Binary::multiply, 1, dy, a, dy, d[1]);
  });
}

Variable divide(const Variable& a, const Variable& b) {
  Tensor y = output_of(Binary::divide, a.value(), b.value());
  a.backend().binary(Binary::divide, 1, a.value(), b.value(), {y});
  return record("divide", y, {a, b}, [b = b.value(), y = b.requires_grad() ? y : Tensor{}](Tensor& dy, std::span<GradientSink> d) {
    if (d[0]) deliver(Binary::divide, 1, dy, b, dy, d[0]);
    if (d[1]) {
      Tensor product = dy.like();
      dy.backend().binary(Binary::multiply, 1, dy, y, {product});
      deliver(Binary::divide, -1, product, b, dy, d[1]);
    }
  });
}

Variable affine(Variable x, double a, double b) { return elementwise("affine", Unary::affine, a, b, std::move(x), false, false); }
Variable scale(Variable x, double factor) { return elementwise("scale", Unary::affine, factor, 0, std::move(x), false, false); }
Variable square_root(const Variable& x, double eps) { return elementwise("square_root", Unary::sqrt, eps, 0, x, true, true); }
Variable clamp(Variable x, double low, double high) { return elementwise("clamp", Unary::clamp, low, high, std::move(x), true, false); }
Variable absolute(const Variable& x) { return elementwise("absolute", Unary::absolute, 0, 0, x, true, false); }

LayerCases arithmetic_cases() {
  const auto sum = [](std::vector<Variable>& x) { return x[0] + x[1]; };
  const auto difference = [](std::vector<Variable>& x) { return x[0] - x[1]; };
  const auto product = [](std::vector<Variable>& x) { return x[0] * x[1]; };
  const auto quotient = [](std::vector<Variable>& x) { return x[0] / x[1]; };
  const Input picture = activation({2, 3, 5, 4}), wide = activation({1, 17, 3, 3}), vector = parameter({1, 3}),
              plane = parameter({2, 1, 5, 4});
  const auto timed = [](const char* name, Shape s, std::function<Variable(std::vector<Variable>&)> run, double ins, double flops) {
    const double n = double(s.elements());
    Case c{name, std::vector<Input>(size_t(ins), activation(s)), std::move(run)};
    c.cost = {n, 4 * n * (ins + 1), flops * n, 4 * n * (ins == 2 && flops > 0 ? 5 : 2)};
    c.bench_only = true;
    return c;
  };
  return {
      "arithmetic",
      "layers/arithmetic.h",
      R"($y = a\circ b$ elementwise with $\circ$ one of $+,-,\cdot,/$, dimensions of 1 repeated; $y = ax+b$; $y=\sqrt{x+\varepsilon}$; $y=\min(\max(x,l),h)$; $y=|x|$.)",
      R"($+$: $da=db=dy$. $-$: $da=dy$, $db=-dy$. $\cdot$: $da=b\,dy$, $db=a\,dy$. $/$: $da=dy/b$, $db=-y\,dy/b$. Repeated operands: summed over the repeats. Affine: $dx=a\,dy$; root: $dx=dy/(2y)$; clamp: $dx=dy\,[l\le x\le h]$; absolute value: $dx=\operatorname{sign}(x)\,dy$.)",
      R"(Each is the derivative of a function of one or two numbers. A repeated operand $b$ enters many outputs $y_i$, and $db=\sum_i dy_i\,\partial y_i/\partial b$ adds over them. For the quotient, $\partial(a/b)/\partial b=-a/b^2=-y/b$: written with $y$, it needs neither a second division nor the numerator.)",
      {
          {"add", {picture, picture}, sum, true},
          {"add a variable to itself", {picture}, [](auto& x) { return x[0] + x[0]; }, true},
          {"add a vector", {picture, vector}, sum, true},
          {"add to a vector", {vector, picture}, sum, true},
          {"subtract", {wide, wide}, difference, true},
          {"subtract a plane", {picture, plane}, difference, true},
          {"subtract from a number", {parameter({}), picture}, difference, true},
          {"multiply", {wide, wide}, product, true},
          {"multiply by itself", {picture}, [](auto& x) { return x[0] * x[0]; }, true},
          {"multiply by a row for each image", {picture, parameter({2, 3})}, product, true},
          {"multiply by a plane", {picture, plane}, product, true},
          {"multiply a column by a row", {parameter({2, 1}), parameter({1, 3})}, product, true},
          {"divide", {picture, uniform({2, 3, 5, 4}, 0.5, 1.5)}, quotient},
          {"divide by a vector", {wide, positive_parameter({1, 17})}, quotient},
          {"divide a number", {parameter({}), uniform({1, 3, 3, 5}, 0.5, 1.5)}, quotient},
          {"scale", {wide}, [](auto& x) { return 2.0 * x[0]; }, true},
          {"affine", {wide}, [](auto& x) { return affine(x[0], -3, 2); }, true},
          {"square root", {uniform({2, 3, 5, 1}, 0.1, 2)}, [](auto& x) { return square_root(x[0], 0.1); }},
          {"clamp from below", {away_from_zero({1, 17, 3, 3})}, [](auto& x) { return clamp(x[0], 0, 100); }, true},
          {"clamp from above", {away_from_zero({2, 3, 5, 1})}, [](auto& x) { return clamp(x[0], -100, 0); }, true},
          {"absolute", {away_from_zero({1, 17, 3, 3})}, [](auto& x) { return absolute(x[0]); }, true},
          timed("add 4x64x256x256", {4, 64, 256, 256}, sum, 2, 0),
          timed("multiply 1x64x512x512", {1, 64, 512, 512}, product, 2, 2),
          timed(
              "affine 1x64x512x512", {1, 64, 512, 512}, [](auto& x) { return affine(x[0], 2, 1); }, 1, 1),
      }};
}

}  // namespace impasto
