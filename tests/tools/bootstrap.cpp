#include "tools/bootstrap.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/reference/formula.h"

using namespace impasto;

TEST_CASE("the interval of many values is about two standard errors to either side of the mean") {
  std::vector<double> values;
  double sum = 0, squares = 0;
  for (uint32_t i = 0; i < 200; i++) values.push_back(formula::value(i, 1));
  for (const double v : values) sum += v, squares += v * v;
  const double mean = sum / 200, error = std::sqrt((squares / 200 - mean * mean) / 200);
  const MeanInterval found = bootstrap_mean(values, 0);
  CHECK(found.mean == doctest::Approx(mean));
  CHECK(found.count == 200);
  CHECK(std::abs(found.low - (mean - 1.96 * error)) < 0.15 * error);
  CHECK(std::abs(found.high - (mean + 1.96 * error)) < 0.15 * error);
}

TEST_CASE("the seed decides, and what is no number does not count") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> values{1, 2, 7, none, 4, 5};
  CHECK(bootstrap_mean(values, 1).low == bootstrap_mean(values, 1).low);
  CHECK(bootstrap_mean({1, 2.5, 7.25, 4, 5.125, 9, 3, 2}, 1).low != bootstrap_mean({1, 2.5, 7.25, 4, 5.125, 9, 3, 2}, 2).low);
  const MeanInterval found = bootstrap_mean(values, 1);
  CHECK(found.mean == doctest::Approx(3.8));
  CHECK(found.count == 5);
  CHECK(found.low >= 1);
  CHECK(found.high <= 7);
}

TEST_CASE("of one value the interval is the value, of none there is none") {
  const MeanInterval one = bootstrap_mean({3.5}, 0), nothing = bootstrap_mean({std::nan("")}, 0);
  CHECK(one.low == 3.5);
  CHECK(one.high == 3.5);
  CHECK(nothing.count == 0);
  CHECK(std::isnan(nothing.mean));
  CHECK(std::isnan(nothing.high));
}
