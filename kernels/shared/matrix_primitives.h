// MatrixPrimitives.
#pragma once
#include "kernels/shared/dispatch.h"
#include "kernels/shared/matrix.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {

/// Squared here, once, and not again for every pair of tiles; undefined for no mask.
inline Tensor squared_mask(Backend& backend, const Tensor* mask) {
  if (!mask) return {};
  Tensor square = mask->like();
  backend.binary(Binary::multiply, 1, *mask, *mask, {square});
  return square;
}
inline SquaredMask squares_of(const Tensor& square) {
  if (!square.defined()) return {nullptr, 0};
  return {square.data<float>(), square.shape().n == 1 ? 0 : int(square.shape().pixels())};
}

template <class Launcher>
void MatrixPrimitives<Launcher>::gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) {
  const Geometry g = geometry_of(x);
  const Tensor square = squared_mask(*this, mask);
  for_layout<Launcher>("gram", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    const int tiles = g.tiles<V>(), pairs = tiles * (tiles + 1) / 2, run = gram_run(g.c), runs = (g.pixels() + run - 1) / run;
    Tensor partial(*this, {g.n, runs, pairs, V * V});
    if (mask) {
      this->launcher_.launch({pairs, runs, g.n}, GramBody<T, V, true>{x.data<T>(), squares_of(square), partial.data<float>(), g});
    } else {
      this->launcher_.launch({pairs, runs, g.n}, GramBody<T, V, false>{x.data<T>(), {}, partial.data<float>(), g});
    }
    this->launcher_.launch({pairs, 1, g.n}, GramCombineBody<V>{partial.data<float>(), y.data<float>(), g.c, tiles, runs, float(scale)});
  });
}

template <class Launcher>
void MatrixPrimitives<Launcher>::gram_backward(const Tensor& x, const Tensor* mask, const Tensor& dy, double scale, Out dx) {
  require_same_layout("gram_backward", x, dx.tensor);
  const Geometry g = geometry_of(x);
  const Tensor square = squared_mask(*this, mask);
  for_layout<Launcher>("gram_backward", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    Tensor packed(*this, {g.n, g.tiles<V>(), g.c, V});
    this->launcher_.launch({g.tiles<V>(), 1, g.n}, GramPackBody<V>{dy.data<float>(), packed.data<float>(), g.c, float(scale)});
    this->launcher_.launch({(g.tiles<V>() + 1) / 2, (g.pixels() + kGramRun - 1) / kGramRun, g.n},
                           GramBackwardBody<T, V>{x.data<T>(), squares_of(square), packed.data<float>(), dx.tensor.data<T>(), g, dx.add});
  });
}

template <class Launcher>
Tensor MatrixPrimitives<Launcher>::symmetric(const Tensor& a, double scale) {
  Tensor sum = a.like();
  const Shape& s = a.shape();
  this->launcher_.launch({s.w, 1, s.n}, GramPackBody<1>{a.data<float>(), sum.data<float>(), s.w, float(scale)});
  return sum;
}

template <class Launcher>
void MatrixPrimitives<Launcher>::matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, double scale, Out y) {
  const Shape sa = a.shape(), sb = b.shape(), sy = y.tensor.shape();
  const int inner = transpose_a ? sa.h : sa.w, other = transpose_b ? sb.w : sb.h;
  const int rows = transpose_a ? sa.w : sa.h, columns = transpose_b ? sb.h : sb.w;
  if (inner != other || sy.h != rows || sy.w != columns || (sa.n != 1 && sa.n != sy.n) || (sb.n != 1 && sb.n != sy.n)) {
    throw ShapeError("matmul: " + sa.text() + " by " + sb.text() + " does not give " + sy.text());
  }
  this->launcher_.launch({rows, 1, sy.n}, MatmulBody{a.data<float>(), b.data<float>(), y.tensor.data<float>(), sa.n == 1 ? 0 : sa.pixels(),
                                                     sb.n == 1 ? 0 : sb.pixels(), transpose_a ? 1 : sa.w, transpose_a ? sa.w : 1,
                                                     transpose_b ? 1 : sb.w, transpose_b ? sb.w : 1, inner, columns, float(scale), y.add});
}

}  // namespace impasto
