#include "nets/feature_distances.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "kernels/cpu/backend.h"
#include "tests/nets/compared_pictures.h"
#include "tests/nets/narrow_vgg.h"

using namespace impasto;
using namespace impasto::compared;

TEST_CASE("content and style distances are PyTorch's") {
  const auto cpu = make_cpu_backend();
  const Vgg vgg = narrow::network(*cpu);
  const SeenFeatures photo = seen_features(vgg, a()), result = seen_features(vgg, near_a());
  const SeenFeatures painting = seen_features(vgg, recorded_picture(3, 4, 36, 44));
  const std::vector<double> wanted = recorded().values("features");
  CHECK(content_distance(result, photo) == doctest::Approx(wanted[0]).epsilon(1e-4));
  CHECK(style_distance(result, painting) == doctest::Approx(wanted[1]).epsilon(1e-4));
}

TEST_CASE("a picture is at no distance from itself, and from what it is not at some") {
  const auto cpu = make_cpu_backend();
  const Vgg vgg = narrow::network(*cpu);
  const SeenFeatures x = seen_features(vgg, a()), y = seen_features(vgg, b());
  CHECK(content_distance(x, x) == 0);
  CHECK(style_distance(x, x) == 0);
  CHECK(content_distance(x, y) == doctest::Approx(content_distance(y, x)));
  CHECK(style_distance(x, y) > 0.01);
  CHECK_THROWS_AS(content_distance(x, seen_features(vgg, recorded_picture(3, 4, 36, 44))), ShapeError);
  CHECK_THROWS_AS(seen_features(vgg, flat(7, 40, 1, 1, 1)), ShapeError);
}
