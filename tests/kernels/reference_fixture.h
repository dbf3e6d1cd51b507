// What the tests of the reference backend share: tensors from numbers, numbers from tensors, checks of a whole output.
#pragma once
#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/reference/reference.h"

namespace impasto {

/// A backend (the reference one, if none is given) whose fresh tensors hold NaN everywhere and whose overruns are counted.
struct Bench {
  explicit Bench(std::unique_ptr<Backend> made) : backend(std::move(made)) { backend->pool()->set_guarded(true); }
  explicit Bench(Dtype dtype = Dtype::f64, int lanes = 1) : Bench(make_reference_backend(dtype, lanes)) {}
  Backend* operator->() { return backend.get(); }

  Tensor empty(Shape shape) { return Tensor(*backend, shape, backend->lanes_for(shape.c), backend->master_dtype()); }
  Tensor planar(Shape shape) { return Tensor(*backend, shape, 1, backend->master_dtype()); }
  /// Element i in N, C, H, W order is f(i).
  template <class F>
  Tensor indexed(Shape shape, F f) {
    std::vector<float> host(size_t(shape.elements()));
    for (size_t i = 0; i < host.size(); ++i) host[i] = float(f(double(i)));
    return from_host(*backend, shape, host.data(), backend->lanes_for(shape.c));
  }
  Tensor of(Shape shape, const std::vector<double>& values) {
    REQUIRE(shape.elements() == int64_t(values.size()));
    return indexed(shape, [&](double i) { return values[size_t(i)]; });
  }
  Tensor constant(Shape shape, double value) {
    return indexed(shape, [&](double) { return value; });
  }
  Tensor number(double value) {
    Tensor y = planar({});
    backend->fill(y, value);
    return y;
  }
  Tensor normal(Shape shape, uint64_t key) {
    Tensor y = empty(shape);
    backend->random_normal(key, 0, y);
    return y;
  }

  std::unique_ptr<Backend> backend;
};

/// Finite numbers in every element, zeros in every padding lane.
inline bool filled(const Tensor& x) {
  const auto value = [&](int64_t i) {
    if (x.dtype() == Dtype::bf16) return double(float(x.data<bf16>()[i]));
    return x.dtype() == Dtype::f64 ? x.data<double>()[i] : double(x.data<float>()[i]);
  };
  const Shape& s = x.shape();
  for (int n = 0; n < s.n; ++n)
    for (int c = 0; c < x.groups() * x.lanes(); ++c)
      for (int h = 0; h < s.h; ++h)
        for (int w = 0; w < s.w; ++w) {
          const double v = value(x.index(n, c, h, w));
          if (!std::isfinite(v) || (c >= s.c && v != 0)) return false;
        }
  return true;
}

inline double dot(const Tensor& a, const Tensor& b) {
  const std::vector<double> u = to_host_f64(a), v = to_host_f64(b);
  REQUIRE(u.size() == v.size());
  double sum = 0;
  for (size_t i = 0; i < u.size(); ++i) sum += u[i] * v[i];
  return sum;
}

inline double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= largest)) largest = std::abs(a[i] - b[i]);
  }
  return largest;
}

inline void check_values(const Tensor& x, const std::vector<double>& expected, double tolerance = 1e-12) {
  CHECK(filled(x));
  CHECK(largest_difference(to_host_f64(x), expected) <= tolerance);
}

inline ConvParams same_padding(int pad, int stride = 1) {
  ConvParams params;
  params.pad_top = params.pad_left = params.pad_bottom = params.pad_right = pad;
  params.stride_h = params.stride_w = stride;
  return params;
}

}  // namespace impasto
