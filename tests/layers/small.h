// Small tensors for the tests of layers: on the f64 reference backend, counted or at random, and what came out as plain numbers.
#pragma once
#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/variable.h"
#include "kernels/reference/reference.h"

namespace impasto::small {

inline Backend& backend() {
  static const std::unique_ptr<Backend> reference = make_reference_backend(Dtype::f64);
  return *reference;
}

inline Variable variable(Shape shape, const std::vector<float>& values, bool requires_grad = false) {
  REQUIRE(shape.elements() == int64_t(values.size()));
  return Variable(from_host(backend(), shape, values.data()), requires_grad);
}

inline Variable filled(Shape shape, float value, bool requires_grad = false) {
  return variable(shape, std::vector<float>(size_t(shape.elements()), value), requires_grad);
}

/// 1, 2, 3, ... in N, C, H, W order.
inline Variable counted(Shape shape, bool requires_grad = false) {
  std::vector<float> values;
  for (int64_t i = 1; i <= shape.elements(); i++) values.push_back(float(i));
  return variable(shape, values, requires_grad);
}

/// Small integers, so that sums of products are exact.
inline Variable integers(Shape shape, unsigned seed, bool requires_grad = false) {
  std::mt19937 engine(seed);
  std::vector<float> values;
  for (int64_t i = 0; i < shape.elements(); i++) values.push_back(float(int(engine() % 9) - 4));
  return variable(shape, values, requires_grad);
}

inline std::vector<double> numbers(const Variable& x) { return to_host_f64(x.value()); }

/// Sum of the products of equal elements.
inline double dot(const Variable& a, const Variable& b) {
  REQUIRE(a.shape() == b.shape());
  const std::vector<double> u = numbers(a), v = numbers(b);
  double sum = 0;
  for (size_t i = 0; i < u.size(); i++) sum += u[i] * v[i];
  return sum;
}

/// What f() throws as a ShapeError, or "nothing".
template <class F>
std::string shape_error(F&& f) {
  try {
    f();
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace impasto::small
