#include "nets/colour_metrics.h"

#include <doctest/doctest.h>

#include "tests/nets/compared_pictures.h"

using namespace impasto;
using namespace impasto::compared;

namespace {

double distance(const Picture& x, const Picture& y) { return colour_distance(colour_statistics(x), colour_statistics(y)); }

}  // namespace

TEST_CASE("mean and covariance of colours are those of scikit-image's Lab") {
  const ColourStatistics found = colour_statistics(a());
  const std::vector<double> mean = recorded().values("colour_mean"), covariance = recorded().values("colour_covariance");
  for (size_t r = 0; r < 3; r++) {
    CHECK(found.mean[r] == doctest::Approx(mean[r]).epsilon(1e-5));
    for (size_t c = 0; c < 3; c++) CHECK(found.covariance[r][c] == doctest::Approx(covariance[3 * r + c]).epsilon(1e-5));
  }
}

TEST_CASE("the distance is the one by SciPy's matrix roots") {
  const std::vector<double> wanted = recorded().values("colour_distance");
  Picture dark = b();
  for (float& v : dark.rgb) v *= 0.25f;
  CHECK(distance(a(), b()) == doctest::Approx(wanted[0]).epsilon(1e-4));
  CHECK(distance(a(), dark) == doctest::Approx(wanted[1]).epsilon(1e-5));
  CHECK(distance(dark, a()) == doctest::Approx(wanted[1]).epsilon(1e-5));
}

TEST_CASE("flat pictures are as far apart as their colours, and no picture from itself or from its pixels elsewhere") {
  // Red and white: Lab 53.24, 80.09, 67.20 and 100, 0, 0.
  CHECK(distance(flat(4, 3, 1, 0, 0), flat(2, 9, 1, 1, 1)) ==
        doctest::Approx(std::sqrt(46.76 * 46.76 + 80.09 * 80.09 + 67.20 * 67.20)).epsilon(1e-3));
  CHECK(distance(a(), a()) < 1e-3);
  Picture turned = a();
  for (size_t c = 0; c < 3; c++)
    std::reverse(turned.rgb.begin() + std::ptrdiff_t(c * turned.pixels()), turned.rgb.begin() + std::ptrdiff_t((c + 1) * turned.pixels()));
  CHECK(distance(a(), turned) < 1e-3);
  Picture grey = a();
  const Plane light = luminance(a());
  for (size_t i = 0; i < grey.rgb.size(); i++) grey.rgb[i] = light.values[i % grey.pixels()];
  CHECK(distance(grey, grey) < 1e-3);
  CHECK(distance(grey, a()) > 10);
}
