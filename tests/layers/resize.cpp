#include "layers/resize.h"

#include "layers/pooling.h"
#include "layers/upsample.h"
#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

TEST_CASE("upsample_nearest repeats pixels, and average_pool undoes it") {
  CHECK(numbers(upsample_nearest(counted({1, 1, 1, 2}), 2)) == std::vector<double>{1, 1, 2, 2, 1, 1, 2, 2});
  const Variable x = integers({2, 3, 4, 5}, 1);
  CHECK(numbers(average_pool(upsample_nearest(x, 2), 2, 2)) == numbers(x));
  CHECK(shape_error([&] { upsample_nearest(x, 0); }) == "upsample_nearest: factor must be at least 1, not 0");
}

TEST_CASE("resize_bilinear between the two conventions") {
  const Variable x = variable({1, 1, 1, 2}, {0, 4});
  CHECK(numbers(resize_bilinear(x, 1, 4)) == std::vector<double>{0, 1, 3, 4});
  CHECK(numbers(resize_bilinear(x, 1, 5, true)) == std::vector<double>{0, 1, 2, 3, 4});
}

TEST_CASE("resize_bilinear to the same size is the identity") {
  const Variable x = integers({2, 3, 4, 5}, 2);
  for (const bool align_corners : {false, true}) CHECK(numbers(resize_bilinear(x, 4, 5, align_corners)) == numbers(x));
}

TEST_CASE("resize_bilinear keeps a constant picture constant") {
  for (const bool align_corners : {false, true}) {
    for (const double v : numbers(resize_bilinear(filled({1, 2, 5, 7}, 3), 8, 3, align_corners)))
      CHECK(v == doctest::Approx(3).epsilon(1e-14));
  }
}

TEST_CASE("resize_bilinear refuses an empty picture") {
  CHECK(shape_error([] { resize_bilinear(counted({1, 1, 2, 2}), 0, 3); }) == "resize_bilinear: cannot resize x [1, 1, 2, 2] to 0x3");
}
