// Planes in colours.
#include "loaders/colour_map.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"

using namespace impasto;

namespace {

// CIE lightness of an sRGB colour.
double lightness(const Picture& picture, size_t p) {
  const auto linear = [&](size_t c) {
    const double v = picture.rgb[c * picture.pixels() + p];
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  const double y = 0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2);
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

}  // namespace

TEST_CASE("the colour map runs from viridis' violet to its yellow, and its lightness rises in even steps") {
  Plane plane{65, 1, {}};
  for (int i = 0; i <= 64; i++) plane.values.push_back(static_cast<float>(i) / 64);
  const Picture picture = coloured(plane);
  REQUIRE(picture.rgb.size() == 3 * 65);
  const auto colour = [&](size_t p, size_t c) { return 255 * picture.rgb[c * 65 + p]; };
  const double ends[2][3] = {{68, 1, 84}, {253, 231, 37}};
  for (size_t c = 0; c < 3; c++) {
    CHECK(colour(0, c) == doctest::Approx(ends[0][c]));
    CHECK(colour(64, c) == doctest::Approx(ends[1][c]));
  }
  const double mean = (lightness(picture, 64) - lightness(picture, 0)) / 64;
  CHECK(mean > 1);
  for (size_t p = 0; p < 64; p++) {
    CAPTURE(p);
    CHECK(lightness(picture, p + 1) - lightness(picture, p) > 0.7 * mean);
    CHECK(lightness(picture, p + 1) - lightness(picture, p) < 1.5 * mean);
  }
}

TEST_CASE("numbers beyond 0 and 1 have the colours of the ends, and NaN has none") {
  const Picture picture = coloured({4, 1, {-1, 0, 1, 7}});
  CHECK(picture.rgb[0] == picture.rgb[1]);
  CHECK(picture.rgb[2] == picture.rgb[3]);
  CHECK_THROWS_AS(coloured({1, 1, {std::nanf("")}}), Error);
}
