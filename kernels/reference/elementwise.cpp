// Functions of single elements, operations on two arrays, and sums over dimensions.
#include <algorithm>
#include <cmath>

#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double value(Unary op, double a, double b, double x) {
  switch (op) {
    case Unary::relu:
      return x < 0 ? 0 : x;
    case Unary::leaky_relu:
      return x < 0 ? a * x : x;
    case Unary::relu6:
      return std::clamp(x, 0.0, 6.0);
    case Unary::elu:
      return x < 0 ? a * std::expm1(x) : x;
    case Unary::silu:
      return x * sigmoid(x);
    case Unary::sigmoid:
      return sigmoid(x);
    case Unary::tanh:
      return a * std::tanh(x);
    case Unary::affine:
      return a * x + b;
    case Unary::sqrt:
      return std::sqrt(x + a);
    case Unary::clamp:
      return std::clamp(x, a, b);
    case Unary::absolute:
      return std::abs(x);
  }
  throw ShapeError("unary: this backend does not know operation " + std::to_string(int(op)));
}

// Where a function has a kink its derivative is PyTorch's: that of relu, leaky_relu, elu and absolute at 0 is the left
// one or 0; relu6 gives none at 0 and 6; clamp still passes the gradient at its two ends.
double derivative(Unary op, double a, double b, double x) {
  switch (op) {
    case Unary::relu:
      return x > 0 ? 1 : 0;
    case Unary::leaky_relu:
      return x > 0 ? 1 : a;
    case Unary::relu6:
      return x > 0 && x < 6 ? 1 : 0;
    case Unary::elu:
      return x > 0 ? 1 : a * std::exp(x);
    case Unary::silu:
      return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    case Unary::sigmoid:
      return sigmoid(x) * (1 - sigmoid(x));
    case Unary::tanh:
      return a * (1 - std::tanh(x) * std::tanh(x));
    case Unary::affine:
      return a;
    case Unary::sqrt:
      return 0.5 / std::sqrt(x + a);
    case Unary::clamp:
      return x >= a && x <= b ? 1 : 0;
    case Unary::absolute:
      return x > 0 ? 1 : x < 0 ? -1 : 0;
  }
  throw ShapeError("unary_backward: this backend does not know operation " + std::to_string(int(op)));
}

double combine(Binary op, double a, double b) {
  switch (op) {
    case Binary::add:
      return a + b;
    case Binary::subtract:
      return a - b;
    case Binary::multiply:
      return a * b;
    case Binary::divide:
      return a / b;
  }
  throw ShapeError("binary: this backend does not know operation " + std::to_string(int(op)));
}

bool repeats_to(const Shape& small, const Shape& full) {
  const auto fits = [](int a, int b) { return a == b || a == 1; };
  return fits(small.n, full.n) && fits(small.c, full.c) && fits(small.h, full.h) && fits(small.w, full.w);
}

}  // namespace

Array unary(Unary op, double a, double b, const Array& x) {
  return tabulate(x.shape, [&](int n, int c, int h, int w) { return value(op, a, b, x(n, c, h, w)); });
}

Array unary_backward(Unary op, double a, double b, const Array& x, const Array& dy) {
  require(x.shape == dy.shape, "unary_backward: x is " + x.shape.text() + ", dy " + dy.shape.text());
  return tabulate(x.shape, [&](int n, int c, int h, int w) { return derivative(op, a, b, x(n, c, h, w)) * dy(n, c, h, w); });
}

Array binary(Binary op, double scale, const Array& a, const Array& b, const Shape& y) {
  require(repeats_to(a.shape, y) && repeats_to(b.shape, y),
          "binary: " + a.shape.text() + " and " + b.shape.text() + " cannot be repeated to " + y.text());
  return tabulate(y, [&](int n, int c, int h, int w) { return scale * combine(op, a.repeated(n, c, h, w), b.repeated(n, c, h, w)); });
}

Array reduce_sum(const Array& x, double scale, const Shape& shape) {
  require(repeats_to(shape, x.shape), "reduce_sum: " + x.shape.text() + " does not sum to " + shape.text());
  Array y(shape);
  each(x.shape, [&](int n, int c, int h, int w) {
    y(shape.n == 1 ? 0 : n, shape.c == 1 ? 0 : c, shape.h == 1 ? 0 : h, shape.w == 1 ? 0 : w) += scale * x(n, c, h, w);
  });
  return y;
}

}  // namespace impasto::reference
