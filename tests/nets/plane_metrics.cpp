#include "nets/plane_metrics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "tests/nets/compared_pictures.h"

using namespace impasto;
using namespace impasto::compared;

TEST_CASE("luminance weighs green most") {
  CHECK(luminance(flat(3, 2, 1, 0, 0)).values[5] == doctest::Approx(0.299));
  CHECK(luminance(flat(3, 2, 0, 1, 0)).values[0] == doctest::Approx(0.587));
  CHECK(luminance(flat(3, 2, 0, 0, 1)).values[3] == doctest::Approx(0.114));
}

TEST_CASE("min_max brings a plane to 0..1, and a flat one to zeros") {
  CHECK(min_max({2, 2, {-1, 3, 1, 0}}).values == std::vector<float>{0, 1, 0.5f, 0.25f});
  CHECK(min_max({2, 1, {7, 7}}).values == std::vector<float>{0, 0});
}

TEST_CASE("correlation is that of numpy, 1 for the same however scaled, -1 for the inverse, and nothing for what is flat") {
  const Plane x = luminance(a());
  CHECK(correlation(x, luminance(near_a())) == doctest::Approx(recorded().number("correlation")).epsilon(1e-5));
  CHECK(correlation(x, mapped(x, [](float v) { return 3 * v + 100; })) == doctest::Approx(1));
  CHECK(correlation(x, mapped(x, [](float v) { return 1 - v; })) == doctest::Approx(-1));
  CHECK(std::isnan(correlation(x, mapped(x, [](float) { return 0.1f; }))));
}

TEST_CASE("differences are squared and averaged; planes of two sizes are refused") {
  CHECK(mean_squared_difference({2, 1, {1, 2}}, {2, 1, {4, 2}}) == 4.5);
  CHECK_THROWS_AS(mean_squared_difference({2, 1, {1, 2}}, {1, 2, {1, 2}}), ShapeError);
  CHECK_THROWS_WITH_AS(correlation({2, 1, {1, 2}}, {1, 1, {1}}), doctest::Contains("2x1 and 1x1"), ShapeError);
  CHECK_THROWS_AS(correlation({}, {}), ShapeError);
}
