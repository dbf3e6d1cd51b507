#include "kernels/reference/array.h"

namespace impasto::reference {
namespace {

// The one place that knows the layout: calls f(position in memory, n, c, h, w) for everything stored. Padding lanes
// appear as the channels from C on.
template <class F>
void each_stored(const Tensor& x, F f) {
  const Shape& shape = x.shape();
  const int lanes = x.lanes();
  each({shape.n, x.groups() * lanes, shape.h, shape.w}, [&](int n, int c, int h, int w) {
    const int64_t plane = int64_t(n) * x.groups() + c / lanes;
    f(((plane * shape.h + h) * shape.w + w) * lanes + c % lanes, n, c, h, w);
  });
}

template <class T>
Array load_as(const Tensor& x) {
  Array values(x.shape());
  const T* data = x.data<T>();
  each_stored(x, [&](int64_t i, int n, int c, int h, int w) {
    if (c < x.shape().c) values(n, c, h, w) = double(data[i]);
  });
  return values;
}

template <class T>
T rounded(double value) {
  return T(value);
}
template <>
bf16 rounded<bf16>(double value) {
  return bf16(float(value));
}

template <class T>
void store_as(const Array& values, Out y) {
  T* data = y.tensor.data<T>();
  each_stored(y.tensor, [&](int64_t i, int n, int c, int h, int w) {
    if (c >= values.shape.c) {
      data[i] = rounded<T>(0);
    } else {
      data[i] = rounded<T>(values(n, c, h, w) + (y.add ? double(data[i]) : 0));
    }
  });
}

}  // namespace

Array load(const Tensor& x) {
  switch (x.dtype()) {
    case Dtype::f32:
      return load_as<float>(x);
    case Dtype::f64:
      return load_as<double>(x);
    case Dtype::bf16:
      return load_as<bf16>(x);
  }
  throw ShapeError("a tensor of an unknown dtype cannot be read");
}

void store(const Array& values, Out y) {
  require(values.shape == y.tensor.shape(), "the output is " + y.tensor.shape().text() + " but the result is " + values.shape.text());
  switch (y.tensor.dtype()) {
    case Dtype::f32:
      return store_as<float>(values, y);
    case Dtype::f64:
      return store_as<double>(values, y);
    case Dtype::bf16:
      return store_as<bf16>(values, y);
  }
  throw ShapeError("a tensor of an unknown dtype cannot be written");
}

}  // namespace impasto::reference
