#include "layers/activations.h"

#include <cmath>

#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

namespace {
/// The values and derivatives of one function at the given points.
void check_function(Variable (*f)(Variable), const std::vector<float>& points, const std::vector<double>& values,
                    const std::vector<double>& slopes) {
  for (size_t i = 0; i < points.size(); i++) {
    CAPTURE(points[i]);
    const Variable x = variable({1, 1, 1, 1}, {points[i]}, true), y = f(x);
    CHECK(numbers(y)[0] == doctest::Approx(values[i]).epsilon(1e-12));
    backward(y);
    CHECK(to_host_f64(x.grad())[0] == doctest::Approx(slopes[i]).epsilon(1e-12));
  }
}
}  // namespace

TEST_CASE("activations at, below and above their kinks") {
  const double e = std::exp(-2.0), s = 1 / (1 + e);  // sigmoid(2)
  check_function(relu, {-2, 0, 3}, {0, 0, 3}, {0, 0, 1});
  check_function([](Variable x) { return leaky_relu(x, 0.25); }, {-2, 0, 3}, {-0.5, 0, 3}, {0.25, 0.25, 1});
  check_function(relu6, {-2, 0, 3, 6, 7}, {0, 0, 3, 6, 6}, {0, 0, 1, 0, 0});
  check_function([](Variable x) { return elu(x, 0.5); }, {-2, 3}, {0.5 * (e - 1), 3}, {0.5 * e, 1});
  check_function(silu, {0, 2}, {0, 2 * s}, {0.5, s * (1 + 2 * (1 - s))});
  check_function(sigmoid, {-2, 0, 2}, {1 - s, 0.5, s}, {s * (1 - s), 0.25, s * (1 - s)});
  const double t = std::tanh(2.0);
  check_function([](Variable x) { return scaled_tanh(x, 150); }, {0, 2}, {0, 150 * t}, {150, 150 * (1 - t * t)});
}

TEST_CASE("relu keeps its output alive, not its input") {
  const Variable x = counted({1, 1, 2, 2}, true), y = relu(x);
  CHECK(x.value().unshared());
  CHECK_FALSE(y.value().unshared());
}

TEST_CASE("scaled_tanh refuses a scale of 0") { CHECK_THROWS_AS(scaled_tanh(counted({1, 1, 1, 1}), 0), UsageError); }
