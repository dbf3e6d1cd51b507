#include "layers/conv2d.h"

#include "layers/arithmetic.h"
#include "layers/mean.h"
#include "layers/pad.h"
#include "layers/upsample.h"
#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

TEST_CASE("conv2d by a centred delta is the identity") {
  const Variable x = integers({2, 3, 4, 5}, 1);
  std::vector<float> delta(3 * 3 * 3 * 3, 0.0f);
  for (int c = 0; c < 3; c++) delta[size_t(((c * 3 + c) * 3 + 1) * 3 + 1)] = 1;
  CHECK(numbers(conv2d(x, variable({3, 3, 3, 3}, delta), {}, {.pad = 1})) == numbers(x));
}

TEST_CASE("conv2d is a correlation: the kernel is not turned around") {
  const Variable right = variable({1, 1, 1, 3}, {0, 0, 1});  // reads the pixel on the right
  const Variable x = variable({1, 1, 1, 4}, {1, 2, 3, 4});
  CHECK(numbers(conv2d(x, right, {}, {.pads = Pads{0, 1, 0, 1}})) == std::vector<double>{2, 3, 4, 0});
}

TEST_CASE("conv2d commutes with a shift of the picture, away from the border") {
  const Variable x = integers({1, 2, 6, 6}, 2), weight = integers({3, 2, 3, 3}, 3);
  const Variable below = conv2d(x, weight, {}, ConvParams{.pad_top = 1}, false);  // as x moved down by one zero row
  const Variable y = conv2d(x, weight, {});
  const std::vector<double> moved = numbers(below), still = numbers(y);
  for (int k = 0; k < 3; k++) {
    for (int i = 0; i < 4 * 4; i++) CHECK(moved[size_t(k * 5 * 4 + 4 + i)] == still[size_t(k * 4 * 4 + i)]);
  }
}

TEST_CASE("conv2d of an upsampled, mirrored picture is that of the picture written out, gradients too") {
  for (const Padding padding : {Padding::zero, Padding::reflect, Padding::replicate})
    for (const int stride : {1, 2}) {
      std::vector<std::vector<double>> results[2];
      for (const bool fused : {false, true}) {
        const Variable x = integers({2, 3, 3, 4}, 1, true), weight = integers({4, 3, 3, 3}, 2, true);
        const Variable y = fused ? conv2d(x, weight, {}, {.stride = stride, .pad = 1, .padding = padding, .upsample = 2})
                                 : conv2d(pad(upsample_nearest(x, 2), 1, padding), weight, {}, {.stride = stride});
        backward(sum(multiply(y, y)));
        for (const Tensor& t : {y.value(), x.grad(), weight.grad()}) results[fused].push_back(to_host_f64(t));
      }
      CHECK(results[0] == results[1]);
    }
}

TEST_CASE("conv2d in groups is the convolutions of the groups side by side") {
  const Variable x = integers({1, 4, 3, 3}, 4), weight = integers({6, 2, 3, 3}, 5);
  std::vector<double> both;
  for (int g = 0; g < 2; g++) {
    const auto half = [g](const Variable& all, Shape shape) {
      const std::vector<double> values = numbers(all);
      const size_t size = values.size() / 2;
      return variable(shape, {values.begin() + long(g * size), values.begin() + long((g + 1) * size)});
    };
    const std::vector<double> part = numbers(conv2d(half(x, {1, 2, 3, 3}), half(weight, {3, 2, 3, 3}), {}, {.pad = 1}));
    both.insert(both.end(), part.begin(), part.end());
  }
  CHECK(numbers(conv2d(x, weight, {}, {.pad = 1, .groups = 2})) == both);
}

TEST_CASE("conv2d's fused relu is relu of conv2d") {
  const Variable x = integers({2, 3, 4, 3}, 6), weight = integers({5, 3, 3, 3}, 7), bias = integers({1, 5, 1, 1}, 8);
  std::vector<double> expected = numbers(conv2d(x, weight, bias, {.pad = 1}));
  for (double& v : expected) v = v > 0 ? v : 0;
  CHECK(numbers(conv2d(x, weight, bias, {.pad = 1, .relu = true})) == expected);
}

TEST_CASE("conv2d with frozen weights does not keep its input alive, and with a frozen input not its weights") {
  const Shape picture{1, 2, 4, 4}, kernel{3, 2, 3, 3};
  for (const bool learn_x : {false, true}) {
    for (const bool learn_weight : {false, true}) {
      CAPTURE(learn_x);
      CAPTURE(learn_weight);
      const Variable x = integers(picture, 1, learn_x), weight = integers(kernel, 2, learn_weight);
      const Variable y = conv2d(x, weight);
      CHECK(y.requires_grad() == (learn_x || learn_weight));
      CHECK(x.value().unshared() == !learn_weight);  // held by nothing but its own variable
      CHECK(weight.value().unshared() == !learn_x);
    }
  }
}

TEST_CASE("conv2d says what does not fit") {
  const Variable x = counted({1, 3, 4, 4});
  const auto error = [&](Shape weight, Shape bias, Conv2dOptions options) {
    return shape_error([&] { conv2d(x, counted(weight), counted(bias), options); });
  };
  CHECK(error({8, 4, 3, 3}, {1, 8, 1, 1}, {}) == "conv2d: weight is [8, 4, 3, 3] but x has 3 channels, groups 1");
  CHECK(error({8, 1, 3, 3}, {1, 8, 1, 1}, {.groups = 3}) ==
        "conv2d: weight is [8, 1, 3, 3] but its 8 output channels cannot be shared among groups 3");
  CHECK(error({8, 3, 3, 3}, {1, 4, 1, 1}, {}) == "conv2d: bias is [1, 4, 1, 1] but weight [8, 3, 3, 3] makes 8 channels");
  CHECK(error({8, 3, 3, 3}, {1, 8, 1, 1}, {.dilation = 2}) ==
        "conv2d: a kernel of 3x3, dilation 2x2, does not fit into x [1, 3, 4, 4], padded to 4x4");
  CHECK(error({8, 3, 3, 3}, {1, 8, 1, 1}, {.stride = 0}) == "conv2d: stride 0x0, dilation 1x1 and groups 1 must all be at least 1");
  CHECK(error({8, 3, 3, 3}, {1, 8, 1, 1}, {.upsample = 3}) ==
        "conv2d: upsample must be 1 or 2, not 3; use upsample_nearest for other factors");
  CHECK(error({8, 3, 3, 3}, {1, 8, 1, 1}, {.pad = -1}) == "conv2d: pads must not be negative; crop x first");
}
