// What the reference primitives compute with: plain arrays of doubles in N, C, H, W order.
// Layouts, number formats and padding lanes end in load() and store(); a primitive sees none of them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/tensor.h"

namespace impasto::reference {

struct Array {
  explicit Array(Shape of, double value = 0) : shape(of), values(size_t(of.elements()), value) {}
  double& operator()(int n, int c, int h, int w) { return values[position(n, c, h, w)]; }
  double operator()(int n, int c, int h, int w) const { return values[position(n, c, h, w)]; }
  /// The element of an array whose dimensions of 1 are repeated.
  double repeated(int n, int c, int h, int w) const {
    return (*this)(shape.n == 1 ? 0 : n, shape.c == 1 ? 0 : c, shape.h == 1 ? 0 : h, shape.w == 1 ? 0 : w);
  }
  size_t position(int n, int c, int h, int w) const {
    return ((size_t(n) * size_t(shape.c) + size_t(c)) * size_t(shape.h) + size_t(h)) * size_t(shape.w) + size_t(w);
  }

  Shape shape;
  std::vector<double> values;
};

/// An array that may be left out, as a bias.
using Optional = std::optional<Array>;

/// Any layout and number format into an array, and back: overwritten or added to, padding lanes zero.
Array load(const Tensor& x);
void store(const Array& values, Out y);

/// Calls f(n, c, h, w) for every element, in order.
template <class F>
void each(const Shape& shape, F f) {
  for (int n = 0; n < shape.n; ++n)
    for (int c = 0; c < shape.c; ++c)
      for (int h = 0; h < shape.h; ++h)
        for (int w = 0; w < shape.w; ++w) f(n, c, h, w);
}

/// The array whose elements are f(n, c, h, w).
template <class F>
Array tabulate(const Shape& shape, F f) {
  Array y(shape);
  each(shape, [&](int n, int c, int h, int w) { y(n, c, h, w) = f(n, c, h, w); });
  return y;
}

inline void require(bool holds, const std::string& otherwise) {
  if (!holds) throw ShapeError(otherwise);
}

}  // namespace impasto::reference
