// Losses and their gradients. A loss is one number, [1, 1, 1, 1].
#include <cmath>

#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

constexpr Shape kScalar{1, 1, 1, 1};

double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

double rho(Loss kind, double d) {
  switch (kind) {
    case Loss::squared:
      return d * d;
    case Loss::smooth_l1:
      return std::abs(d) < 1 ? 0.5 * d * d : std::abs(d) - 0.5;
    case Loss::absolute:
      return std::abs(d);
  }
  throw ShapeError("loss: this backend does not know kind " + std::to_string(int(kind)));
}

double rho_derivative(Loss kind, double d) {
  switch (kind) {
    case Loss::squared:
      return 2 * d;
    case Loss::smooth_l1:
      return std::abs(d) < 1 ? d : sign(d);
    case Loss::absolute:
      return sign(d);
  }
  throw ShapeError("loss_backward: this backend does not know kind " + std::to_string(int(kind)));
}

void require_loss(const std::string& name, const Shape& x, const Shape& target, const Optional& weight) {
  require(x == target, name + ": x is " + x.text() + ", the target " + target.text());
  if (!weight) return;
  const Shape& s = weight->shape;
  require(s == x || ((s.n == x.n || s.n == 1) && s.c == 1 && s.h == x.h && s.w == x.w),
          name + ": a weight of " + s.text() + " does not fit x " + x.text());
}

// One difference of neighbours that a variation sums up, and its derivative.
double variation(Variation kind, double d) {
  switch (kind) {
    case Variation::squared:
      return d * d;
    case Variation::absolute:
      return std::abs(d);
    case Variation::torch:
      return 0.5 * d * d;
  }
  throw ShapeError("total_variation: this backend does not know kind " + std::to_string(int(kind)));
}

double variation_derivative(Variation kind, double d) {
  switch (kind) {
    case Variation::squared:
      return 2 * d;
    case Variation::absolute:
      return sign(d);
    case Variation::torch:
      return d;
  }
  throw ShapeError("total_variation_backward: this backend does not know kind " + std::to_string(int(kind)));
}

// Calls f(n, c, h, w, h2, w2) for each pixel and its neighbour to the right, and below.
template <class F>
void each_neighbour(Variation kind, const Shape& x, F f) {
  each(x, [&](int n, int c, int h, int w) {
    const bool right = w + 1 < x.w, below = h + 1 < x.h;
    if (kind == Variation::torch && !(right && below)) return;
    if (right) f(n, c, h, w, h, w + 1);
    if (below) f(n, c, h, w, h + 1, w);
  });
}

// Calls f(image, a, b, r) for each pair, a and b as positions in x.
template <class F>
void each_pair(const std::string& name, const Array& x, const Array& pairs, F f) {
  const Shape &s = x.shape, &p = pairs.shape;
  require(s.c == 1 && p.n == s.n && p.c == 1 && p.h == 3, name + ": pairs of " + p.text() + " do not fit x " + s.text());
  for (int n = 0; n < p.n; n++)
    for (int k = 0; k < p.w; k++) {
      const size_t image = size_t(n) * size_t(s.pixels());
      f(image + size_t(pairs(n, 0, 0, k)), image + size_t(pairs(n, 0, 1, k)), pairs(n, 0, 2, k));
    }
}

}  // namespace

Array loss(Loss kind, const Array& x, const Array& target, const Optional& weight, double scale) {
  require_loss("loss", x.shape, target.shape, weight);
  double sum = 0;
  each(x.shape, [&](int n, int c, int h, int w) {
    const double factor = weight ? weight->repeated(n, c, h, w) : 1;
    sum += rho(kind, factor * (x(n, c, h, w) - target(n, c, h, w)));
  });
  return Array(kScalar, scale * sum);
}

Array loss_backward(Loss kind, const Array& x, const Array& target, const Optional& weight, const Array& dy, double scale) {
  require_loss("loss_backward", x.shape, target.shape, weight);
  require(dy.shape == kScalar, "loss_backward: dy is " + dy.shape.text());
  return tabulate(x.shape, [&](int n, int c, int h, int w) {
    const double factor = weight ? weight->repeated(n, c, h, w) : 1;
    return dy(0, 0, 0, 0) * scale * factor * rho_derivative(kind, factor * (x(n, c, h, w) - target(n, c, h, w)));
  });
}

Array total_variation(Variation kind, const Array& x, double scale) {
  double sum = 0;
  each_neighbour(kind, x.shape,
                 [&](int n, int c, int h, int w, int h2, int w2) { sum += variation(kind, x(n, c, h2, w2) - x(n, c, h, w)); });
  return Array(kScalar, scale * sum);
}

Array total_variation_backward(Variation kind, const Array& x, const Array& dy, double scale) {
  require(dy.shape == kScalar, "total_variation_backward: dy is " + dy.shape.text());
  Array dx(x.shape);
  each_neighbour(kind, x.shape, [&](int n, int c, int h, int w, int h2, int w2) {
    const double slope = dy(0, 0, 0, 0) * scale * variation_derivative(kind, x(n, c, h2, w2) - x(n, c, h, w));
    dx(n, c, h2, w2) += slope;
    dx(n, c, h, w) -= slope;
  });
  return dx;
}

Array ranking(const Array& x, const Array& pairs, double scale) {
  double sum = 0;
  each_pair("ranking", x, pairs, [&](size_t a, size_t b, double r) {
    const double d = x.values[a] - x.values[b];
    sum += r == 0 ? d * d : std::log1p(std::exp(-r * d));
  });
  return Array(kScalar, scale * sum);
}

Array ranking_backward(const Array& x, const Array& pairs, const Array& dy, double scale) {
  require(dy.shape == kScalar, "ranking_backward: dy is " + dy.shape.text());
  Array dx(x.shape);
  each_pair("ranking_backward", x, pairs, [&](size_t a, size_t b, double r) {
    const double d = x.values[a] - x.values[b], slope = dy(0, 0, 0, 0) * scale * (r == 0 ? 2 * d : -r / (1 + std::exp(r * d)));
    dx.values[a] += slope;
    dx.values[b] -= slope;
  });
  return dx;
}

}  // namespace impasto::reference
