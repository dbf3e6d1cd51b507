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

TEST_CASE("the order of measured depth: holes and near-equal depths are no pairs, equal guesses are half wrong") {
  Plane known{8, 4, {}}, guess{8, 4, {}};
  for (int p = 0; p < 32; p++) {
    known.values.push_back(p % 8 < 2 ? 0 : p < 16 ? 1 + 0.001f * float(p) : 3);  // above: near and within 2 %
    guess.values.push_back(p < 16 ? 5 : p % 2 == 0 ? 9 : 5);
  }
  // Of a pair of different depth, one half of the farther places is guessed right, the other is no farther than the nearer ones.
  CHECK(wrong_order(known, guess, 4000, 1) == doctest::Approx(0.25).epsilon(0.08));
  CHECK(wrong_order(known, known, 1000, 1) == 0);
  for (float& v : guess.values) v = -v;
  CHECK(wrong_order(known, guess, 4000, 1) == doctest::Approx(0.75).epsilon(0.05));
  for (float& v : known.values) v = 2;
  CHECK(std::isnan(wrong_order(known, guess, 10, 1)));
  CHECK_THROWS_AS(wrong_order(known, Plane{4, 4, std::vector<float>(16)}, 10, 1), ShapeError);
}
