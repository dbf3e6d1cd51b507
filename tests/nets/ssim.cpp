#include "nets/ssim.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "tests/nets/compared_pictures.h"

using namespace impasto;
using namespace impasto::compared;

TEST_CASE("SSIM is scikit-image's, with the Gaussian window of the paper") {
  const std::vector<double> wanted = recorded().values("ssim");
  CHECK(ssim(luminance(a()), luminance(b())) == doctest::Approx(wanted[0]).epsilon(1e-5));
  CHECK(ssim(luminance(a()), luminance(near_a())) == doctest::Approx(wanted[1]).epsilon(1e-5));
}

TEST_CASE("SSIM is 1 for the same, symmetric, low for the inverse, and by luminance alone for flat pictures") {
  const Plane x = luminance(a()), y = luminance(b());
  CHECK(ssim(x, x) == doctest::Approx(1));
  CHECK(ssim(x, y) == doctest::Approx(ssim(y, x)));
  CHECK(ssim(x, mapped(x, [](float v) { return 1 - v; })) < -0.5);
  const Plane dark = luminance(flat(11, 11, 0.2f, 0.2f, 0.2f)), light = luminance(flat(11, 11, 0.6f, 0.6f, 0.6f));
  CHECK(ssim(dark, light) == doctest::Approx((2 * 0.2 * 0.6 + 1e-4) / (0.04 + 0.36 + 1e-4)).epsilon(1e-5));
}

TEST_CASE("pictures without room for the window are refused") {
  const Plane narrow = luminance(flat(10, 40, 1, 1, 1));
  CHECK_THROWS_WITH_AS(ssim(narrow, narrow), doctest::Contains("10x40"), ShapeError);
  CHECK_THROWS_AS(ssim(luminance(a()), narrow), ShapeError);
}
