#include "layers/conv_transpose2d.h"

#include "layers/conv2d.h"
#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

TEST_CASE("conv_transpose2d is the adjoint of conv2d") {
  for (const int groups : {1, 2}) {
    const Variable u = integers({2, 4, 7, 9}, 1), weight = integers({6, 4 / groups, 3, 3}, 2);
    const Variable au = conv2d(u, weight, {}, {.stride = 2, .pad = 1, .groups = groups});
    const Variable v = integers(au.shape(), 3);
    const Variable atv = conv_transpose2d(v, weight, {}, {.stride = 2, .pad = 1, .groups = groups});
    CHECK(dot(au, v) == dot(u, atv));
  }
}

TEST_CASE("conv_transpose2d stamps the kernel at every pixel") {
  const Variable x = variable({1, 1, 1, 2}, {1, 10}), weight = variable({1, 1, 1, 3}, {1, 2, 3}), bias = variable({1, 1, 1, 1}, {100});
  CHECK(numbers(conv_transpose2d(x, weight, {}, {})) == std::vector<double>{1, 12, 23, 30});
  CHECK(numbers(conv_transpose2d(x, weight, bias, {.stride = 2})) == std::vector<double>{101, 102, 113, 120, 130});
}

TEST_CASE("conv_transpose2d doubles with stride 2, pad 1, output_pad 1") {
  CHECK(conv_transpose2d_shape({1, 3, 5, 8}, {3, 4, 3, 3}, {.stride = 2, .pad = 1, .output_pad = 1}) == Shape{1, 4, 10, 16});
}

TEST_CASE("conv_transpose2d says what does not fit") {
  const Variable x = counted({1, 3, 4, 4});
  const auto error = [&](Shape weight, Shape bias, ConvTranspose2dOptions options) {
    return shape_error([&] { conv_transpose2d(x, counted(weight), counted(bias), options); });
  };
  CHECK(error({4, 3, 3, 3}, {1, 3, 1, 1}, {}) ==
        "conv_transpose2d: weight is [4, 3, 3, 3] but x has 3 channels (the first dimension counts the input's)");
  CHECK(error({3, 8, 3, 3}, {1, 3, 1, 1}, {}) == "conv_transpose2d: bias is [1, 3, 1, 1] but weight [3, 8, 3, 3] makes 8 channels");
  CHECK(error({3, 8, 3, 3}, {1, 8, 1, 1}, {.stride = 2, .output_pad = 2}) == "conv_transpose2d: output_pad 2 must be less than stride 2");
  CHECK(error({3, 8, 3, 3}, {1, 16, 1, 1}, {.groups = 2}) == "conv_transpose2d: x has 3 channels, which cannot be shared among groups 2");
  CHECK(error({3, 8, 1, 1}, {1, 8, 1, 1}, {.pad = 2}) ==
        "conv_transpose2d: pad 2 leaves nothing of x [1, 3, 4, 4] under weight [3, 8, 1, 1]");
  CHECK(error({3, 8, 1, 1}, {1, 8, 1, 1}, {.stride = 0}) ==
        "conv_transpose2d: stride, dilation and groups must be at least 1 and pad at least 0");
}
