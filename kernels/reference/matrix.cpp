// Products of matrices, image by image. A matrix [H, W] is an array [N, 1, H, W].
#include <algorithm>

#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

// x times a mask of its pixels, which one image of it may lend to all.
Array masked(const Array& x, const Optional& mask) {
  if (!mask) return x;
  const Shape &s = x.shape, &m = mask->shape;
  require(m.c == 1 && m.h == s.h && m.w == s.w && (m.n == 1 || m.n == s.n),
          "gram: the mask is " + m.text() + ", the features are " + s.text());
  return tabulate(s, [&](int n, int c, int h, int w) { return x(n, c, h, w) * (*mask)(m.n == 1 ? 0 : n, 0, h, w); });
}

// The features of x as matrices [C, H W].
Array as_matrix(const Array& x) {
  Array f = x;
  f.shape = {x.shape.n, 1, x.shape.c, int(x.shape.pixels())};
  return f;
}

}  // namespace

Array matmul(const Array& a, bool transpose_a, const Array& b, bool transpose_b, double scale) {
  const int rows = transpose_a ? a.shape.w : a.shape.h, inner = transpose_a ? a.shape.h : a.shape.w;
  const int columns = transpose_b ? b.shape.h : b.shape.w, inner_b = transpose_b ? b.shape.w : b.shape.h;
  const int images = std::max(a.shape.n, b.shape.n);
  require(a.shape.c == 1 && b.shape.c == 1 && inner == inner_b && (a.shape.n == images || a.shape.n == 1) &&
              (b.shape.n == images || b.shape.n == 1),
          "matmul: " + a.shape.text() + (transpose_a ? "^T" : "") + " and " + b.shape.text() + (transpose_b ? "^T" : "") +
              " cannot be multiplied");
  return tabulate({images, 1, rows, columns}, [&](int n, int, int i, int j) {
    const int in_a = a.shape.n == 1 ? 0 : n, in_b = b.shape.n == 1 ? 0 : n;
    double sum = 0;
    for (int k = 0; k < inner; ++k) {
      sum += (transpose_a ? a(in_a, 0, k, i) : a(in_a, 0, i, k)) * (transpose_b ? b(in_b, 0, j, k) : b(in_b, 0, k, j));
    }
    return scale * sum;
  });
}

Array gram(const Array& x, const Optional& mask, double scale) {
  const Array f = as_matrix(masked(x, mask));
  return matmul(f, false, f, true, scale);
}

Array gram_backward(const Array& x, const Optional& mask, const Array& dy, double scale) {
  require(dy.shape == Shape{x.shape.n, 1, x.shape.c, x.shape.c},
          "gram_backward: dy is " + dy.shape.text() + ", the features are " + x.shape.text());
  const Array both_sides = tabulate(dy.shape, [&](int n, int, int i, int j) { return dy(n, 0, i, j) + dy(n, 0, j, i); });
  Array dx = matmul(both_sides, false, as_matrix(masked(x, mask)), false, scale);
  dx.shape = x.shape;
  return masked(dx, mask);
}

}  // namespace impasto::reference
