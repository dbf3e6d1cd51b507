#include "nets/depth_metrics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "tests/nets/compared_pictures.h"

using namespace impasto;
using namespace impasto::compared;

TEST_CASE("depth error is that of the maps at 0..1, whatever their units") {
  const Plane photo = luminance(a()), result = luminance(near_a());
  CHECK(depth_error(photo, result) == doctest::Approx(recorded().number("depth_error")).epsilon(1e-5));
  CHECK(depth_error(photo, mapped(result, [](float d) { return 40 * d - 7; })) ==
        doctest::Approx(depth_error(photo, result)).epsilon(1e-4));
  CHECK(depth_error(photo, photo) == 0);
  CHECK(depth_error({2, 1, {1, 5}}, {2, 1, {5, 1}}) == 1);
}

TEST_CASE("the order of drawn pairs is that of all pairs, within the error of the draw") {
  const Plane photo = luminance(a());
  const std::vector<double> all = recorded().values("depth_order");
  const Plane results[] = {luminance(b()), luminance(near_a())};
  for (size_t i = 0; i < 2; i++) {
    const double deviation = std::sqrt(all[i] * (1 - all[i]) / 10'000);
    CHECK(std::abs(depth_order(photo, results[i]) - all[i]) < 4 * deviation);
    CHECK(depth_order(photo, results[i], {.seed = 1}) != depth_order(photo, results[i], {.seed = 2}));
    CHECK(depth_order(photo, results[i], {.seed = 3}) == depth_order(photo, results[i], {.seed = 3}));
  }
}

TEST_CASE("order is 1 for whatever rises with depth, 0 for the inverse and for flat maps, and nothing where the photo is flat") {
  const Plane photo = luminance(a());
  CHECK(depth_order(photo, mapped(photo, [](float d) { return 2 * d * d; })) == 1);
  CHECK(depth_order(photo, mapped(photo, [](float d) { return -d; })) == 0);
  CHECK(depth_order(photo, mapped(photo, [](float) { return 1.0f; })) == 0);
  CHECK(std::isnan(depth_order(mapped(photo, [](float) { return 1.0f; }), photo)));
  CHECK_THROWS_AS(depth_order(photo, {1, 1, {1}}), ShapeError);
}

TEST_CASE("pairs that are nearly as deep do not count") {
  // Of the range of 100 the first two are 1 apart, and change places; all other pairs keep their order.
  const Plane photo{4, 1, {0, 1, 50, 100}}, result{4, 1, {1, 0, 50, 100}};
  CHECK(depth_order(photo, result) == 1);
  CHECK(depth_order(photo, result, {.least = 0.005}) < 0.9);
}
