#include "engine/line_search.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace impasto;

namespace {
// A function of one number, counted.
struct Curve {
  std::function<double(double)> f, slope;
  int evaluations = 0;
  LinePoint at(double t) { return {t, f(t), slope(t)}; }
  LinePoint search(double first, const WolfeOptions& options = {}) {
    evaluations = 0;
    return strong_wolfe([this](double t) { return evaluations++, at(t); }, at(0), first, options);
  }
};
}  // namespace

TEST_CASE("a cubic's minimum is found from two points and their slopes") {
  // t^3 - 3 t has its minimum at 1
  const auto point = [](double t) { return LinePoint{t, t * t * t - 3 * t, 3 * t * t - 3}; };
  CHECK(cubic_minimum(point(0), point(3), 0, 3) == doctest::Approx(1));
  CHECK(cubic_minimum(point(3), point(0), 0, 3) == doctest::Approx(1));
  CHECK(cubic_minimum(point(0), point(3), 1.5, 3) == 1.5);
}

TEST_CASE("a cubic without a minimum gives the middle") {
  CHECK(cubic_minimum({0, 0, -1}, {1, -0.8, -1}, 2, 4) == 3);
  CHECK(cubic_minimum({0, 0, -1}, {1, NAN, NAN}, 0, 1) == 0.5);
}

TEST_CASE("the strong Wolfe conditions hold at the point found, from first steps far too short and far too long") {
  Curve curves[] = {
      {[](double t) { return (t - 3) * (t - 3); }, [](double t) { return 2 * (t - 3); }},
      // More and Thuente 1994, their first function
      {[](double t) { return -t / (t * t + 2); }, [](double t) { return (t * t - 2) / ((t * t + 2) * (t * t + 2)); }},
      {[](double t) { return std::exp(t) - 5 * t; }, [](double t) { return std::exp(t) - 5; }},
      {[](double t) { return -std::sin(t) + 0.01 * t * t; }, [](double t) { return -std::cos(t) + 0.02 * t; }},
  };
  for (Curve& c : curves) {
    for (double first : {1e-3, 0.1, 1.0, 10.0, 100.0}) {
      for (double curvature : {0.1, 0.9}) {
        WolfeOptions options;
        options.curvature = curvature;
        const LinePoint start = c.at(0), p = c.search(first, options);
        CAPTURE(first);
        CHECK(p.f <= start.f + options.decrease * p.t * start.slope);
        CHECK(std::abs(p.slope) <= -curvature * start.slope);
        CHECK(c.evaluations <= options.evaluations);
      }
    }
  }
}

TEST_CASE("a step into NaN turns back") {
  Curve c{[](double t) { return t < 2 ? -std::log(2 - t) - 2 * t : NAN; }, [](double t) { return t < 2 ? 1 / (2 - t) - 2 : NAN; }};
  const LinePoint start = c.at(0), p = c.search(100);
  CHECK(p.t < 2);
  CHECK(p.f < start.f);
  CHECK(std::abs(p.slope) <= 0.9 * 1.5);
}

TEST_CASE("a search without end stops at its number of evaluations") {
  Curve falling{[](double t) { return -t; }, [](double) { return -1.0; }};
  const LinePoint p = falling.search(1);
  CHECK(falling.evaluations == WolfeOptions().evaluations);
  CHECK(p.t > 1);
}
