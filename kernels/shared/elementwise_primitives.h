// ElementwisePrimitives: operations to bodies, tensors to pointers.
#pragma once
#include <algorithm>

#include "kernels/shared/binary.h"
#include "kernels/shared/dispatch.h"
#include "kernels/shared/elementwise.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {
namespace {

template <class F>
void for_unary(Unary op, double a, double b, F&& f) {
  const float p = float(a), q = float(b);
  switch (op) {
    case Unary::relu:
      return f(ReluOp{});
    case Unary::leaky_relu:
      return f(LeakyReluOp{p});
    case Unary::relu6:
      return f(Relu6Op{});
    case Unary::elu:
      return f(EluOp{p});
    case Unary::silu:
      return f(SiluOp{});
    case Unary::sigmoid:
      return f(SigmoidOp{});
    case Unary::tanh:
      return f(TanhOp{p});
    case Unary::affine:
      return f(AffineOp{p, q});
    case Unary::sqrt:
      return f(SqrtOp{p});
    case Unary::clamp:
      return f(ClampOp{p, q});
    case Unary::absolute:
      return f(AbsoluteOp{});
  }
}

template <class F>
void for_binary(Binary op, F&& f) {
  switch (op) {
    case Binary::add:
      return f(AddOp{});
    case Binary::subtract:
      return f(SubtractOp{});
    case Binary::multiply:
      return f(MultiplyOp{});
    case Binary::divide:
      return f(DivideOp{});
  }
}

/// Whether f(0) = 0, so that padding lanes stay zero by themselves.
inline bool keeps_zero(Unary op, double a, double b) {
  switch (op) {
    case Unary::sigmoid:
      return false;
    case Unary::affine:
      return b == 0;
    case Unary::sqrt:
      return a == 0;
    case Unary::clamp:
      return a <= 0 && b >= 0;
    default:
      return true;
  }
}

template <class T>
Operand<T> operand_of(const Tensor& x, const Tensor& y) {
  if (x.same_layout(y)) return {x.data<T>(), nullptr, 0, 0, 0};
  const Shape s = x.shape(), t = y.shape();
  const auto fits = [](int have, int want) { return have == 1 || have == want; };
  const bool pixels_fit = (s.h == 1 && s.w == 1) || (s.h == t.h && s.w == t.w);
  if (x.lanes() != 1 || !fits(s.n, t.n) || !fits(s.c, t.c) || !pixels_fit) {
    throw ShapeError("binary: an operand of shape " + s.text() + " does not repeat to " + t.text());
  }
  return {nullptr, x.data<float>(), s.n == 1 ? 0 : s.c * s.pixels(), s.c == 1 ? 0 : s.pixels(), s.pixels() == 1 ? 0 : 1};
}

}  // namespace

template <class Launcher>
void ElementwisePrimitives<Launcher>::clear_padding(Tensor& y) {
  if (!y.has_padding()) return;
  for_dtype("clear_padding", y, [&](auto type) {
    using T = typename decltype(type)::type;
    const Geometry g = geometry_of(y);
    launcher_.launch({segments_of(g.pixels()), 1, g.n}, ClearPaddingBody<T>{y.data<T>(), g});
  });
}

template <class Launcher>
void ElementwisePrimitives<Launcher>::write_numbers(const float* numbers, Tensor& y) {
  NumbersBody body{y.data<float>(), int(y.stored()), {}};
  std::copy_n(numbers, body.count, body.numbers);
  launcher_.launch({}, body);
}

template <class Launcher>
void ElementwisePrimitives<Launcher>::fill(Tensor& y, double value) {
  for_dtype("fill", y, [&](auto type) {
    using T = typename decltype(type)::type;
    launcher_.launch({flat_chunks(y.stored())}, FillBody<T>{y.data<T>(), float(value), y.stored()});
  });
  if (value != 0) clear_padding(y);
}

template <class Launcher>
void ElementwisePrimitives<Launcher>::convert(const Tensor& x, Out y) {
  if (x.shape() != y.tensor.shape()) throw ShapeError("convert: " + x.shape().text() + " is not " + y.tensor.shape().text());
  for_dtype("convert", x, [&](auto from) {
    for_dtype("convert", y.tensor, [&](auto to) {
      using From = typename decltype(from)::type;
      using To = typename decltype(to)::type;
      if (x.lanes() == y.tensor.lanes()) {
        launcher_.launch({flat_chunks(x.stored())}, CopyBody<From, To>{x.data<From>(), y.tensor.data<To>(), x.stored(), y.add});
        return;
      }
      for_tiles<Launcher>(y.tensor, [&](auto width) {
        constexpr int V = width.value;
        const Geometry g = geometry_of(y.tensor);
        launcher_.launch(tile_grid<V>(row_segments_of(g.h, g.w), g),
                         RelayoutBody<From, To, V>{x.data<From>(), y.tensor.data<To>(), geometry_of(x), g, y.add});
      });
    });
  });
}

template <class Launcher>
void ElementwisePrimitives<Launcher>::unary(Unary op, double a, double b, const Tensor& x, Tensor& y) {
  require_same_layout("unary", x, y);
  for_dtype("unary", x, [&](auto type) {
    using T = typename decltype(type)::type;
    for_unary(op, a, b, [&](auto f) {
      launcher_.launch({flat_chunks(x.stored())}, UnaryBody<decltype(f), T>{f, x.data<T>(), y.data<T>(), x.stored()});
    });
  });
  if (!keeps_zero(op, a, b)) clear_padding(y);
}

template <class Launcher>
void ElementwisePrimitives<Launcher>::unary_backward(Unary op, double a, double b, const Tensor& x, const Tensor& y, const Tensor& dy,
                                                     Out dx) {
  require_same_layout("unary_backward", dy, dx.tensor);
  require_same_layout("unary_backward", x, dy);
  for_dtype("unary_backward", x, [&](auto type) {
    using T = typename decltype(type)::type;
    for_unary(op, a, b, [&](auto f) {
      launcher_.launch({flat_chunks(x.stored())}, UnaryBackwardBody<decltype(f), T>{f, x.data<T>(), y.data<T>(), dy.data<T>(),
                                                                                    dx.tensor.data<T>(), x.stored(), dx.add});
    });
  });
}

template <class Launcher>
void ElementwisePrimitives<Launcher>::binary(Binary op, double scale, const Tensor& a, const Tensor& b, Out y) {
  Tensor& out = y.tensor;
  const bool flat = a.same_layout(out) && b.same_layout(out);
  for_dtype("binary", out, [&](auto type) {
    using T = typename decltype(type)::type;
    for_binary(op, [&](auto f) {
      using Op = decltype(f);
      if (flat) {
        launcher_.launch({flat_chunks(out.stored())},
                         FlatBinaryBody<Op, T>{f, a.data<T>(), b.data<T>(), out.data<T>(), out.stored(), float(scale), y.add});
        return;
      }
      for_tiles<Launcher>(out, [&](auto width) {
        constexpr int V = width.value;
        const Geometry g = geometry_of(out);
        launcher_.launch(tile_grid<V>(row_segments_of(g.h, g.w), g),
                         BinaryBody<Op, T, V>{f, operand_of<T>(a, out), operand_of<T>(b, out), out.data<T>(), g, float(scale), y.add});
      });
    });
  });
  // 0 / 0, and a value repeated along the channels, reach into the padding lanes.
  if (!flat || op == Binary::divide) clear_padding(out);
}

}  // namespace impasto
