// e^x - 1, tanh and the logistic function of kernels/shared against the C library in f64, and at the ends of their range.
#include "kernels/shared/exponential.h"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

using namespace impasto;

namespace {

/// The largest error of f, relative to the value, over x from -`end` to `end` in steps and over small x of both signs.
template <class F, class G>
double largest_error(float end, F f, G wanted) {
  double largest = 0;
  const auto check = [&](float x) {
    const double right = wanted(double(x)), found = double(f(Lanes<8>(x))[5]);
    const double error = std::abs(found - right) / std::max(std::abs(right), 1e-30);
    if (!(error <= largest)) largest = error;
  };
  for (int i = -100000; i <= 100000; i++) check(end * float(i) / 100000);
  for (float x = 1; x > 1e-30f; x *= 0.7f) check(x), check(-x);
  return largest;
}

const auto exponential = [](auto x) { return exponential_less_one(x); };
const auto tangent = [](auto x) { return hyperbolic_tangent(x); };
const auto sigmoid = [](auto x) { return logistic(x); };

}  // namespace

TEST_CASE("exponentials of lanes have an error of at most 3e-7 of the value") {
  CHECK(largest_error(87.0f, exponential, [](double x) { return std::expm1(x); }) < 3e-7);
  CHECK(largest_error(20.0f, tangent, [](double x) { return std::tanh(x); }) < 3e-7);
  CHECK(largest_error(60.0f, sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }) < 3e-7);
}

TEST_CASE("exponentials of lanes keep zero, NaN and the limits") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float x : {-infinity, -1e30f, -200.0f}) {
    CHECK(exponential(Lanes<1>(x))[0] == -1);
    CHECK(tangent(Lanes<1>(x))[0] == -1);
    CHECK(std::abs(sigmoid(Lanes<1>(x))[0]) < 1e-37f);
    CHECK(tangent(Lanes<1>(-x))[0] == 1);
    CHECK(sigmoid(Lanes<1>(-x))[0] == 1);
  }
  CHECK(exponential(Lanes<1>(0.0f))[0] == 0);
  CHECK(tangent(Lanes<16>(0.0f))[15] == 0);
  CHECK(sigmoid(Lanes<1>(0.0f))[0] == 0.5f);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(exponential(Lanes<8>(nan))[3]));
  CHECK(std::isnan(tangent(Lanes<1>(nan))[0]));
  CHECK(std::isnan(sigmoid(Lanes<1>(nan))[0]));
}
