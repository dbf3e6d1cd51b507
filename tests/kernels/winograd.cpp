// The Winograd convolutions against naive loops in f64: every kind of kernel, awkward shapes, both lane counts, every fusion, 16-bit
// products, each number of threads.
#include "kernels/cpu/winograd.h"

#include "engine/error.h"
#include "tests/kernels/winograd_fixture.h"

namespace {
using namespace winograd_tests;

constexpr Padding reflect = Padding::reflect, replicate = Padding::replicate;
constexpr WinogradPass passes[] = {WinogradPass::forward, WinogradPass::data_gradient};

// Images, channels in and out, size; kernel, stride, upsampling; pads at the top, left, bottom and right.
const WinogradShape shapes[] = {
    // 3x3
    {1, 8, 8, 8, 8, 3, 1, 1, 1, 1, 1, 1},
    {1, 3, 5, 1, 7, 3, 1, 1, 1, 1, 1, 1},
    {2, 17, 5, 13, 11, 3, 1, 1, 1, 1, 1, 1},
    {3, 16, 33, 6, 6, 3},
    {1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1},
    {1, 1, 1, 3, 3, 3},
    {1, 1, 2, 1, 1, 3, 1, 1, 2, 2, 2, 2},
    {2, 24, 40, 9, 10, 3, 1, 1, 2, 2, 2, 2},
    {1, 19, 23, 5, 29, 3, 1, 1, 0, 1, 2, 1},
    {2, 7, 3, 31, 2, 3, 1, 1, 1, 2, 0, 0},
    {1, 64, 48, 37, 41, 3, 1, 1, 1, 1, 1, 1},
    {2, 12, 12, 67, 53, 3, 1, 1, 1, 1, 1, 1},
    {1, 300, 9, 61, 64, 3, 1, 1, 1, 1, 1, 1},
    {2, 17, 5, 12, 14, 3, 1, 1, 1, 1, 1, 1, reflect},
    {1, 4, 7, 7, 15, 3, 1, 1, 1, 1, 1, 1, reflect},
    {1, 3, 8, 2, 2, 3, 1, 1, 1, 1, 1, 1, reflect},
    {1, 12, 12, 61, 74, 3, 1, 1, 1, 1, 1, 1, reflect},
    {1, 19, 6, 5, 29, 3, 1, 1, 0, 1, 2, 1, replicate},
    {1, 20, 130, 3, 60, 3, 1, 1, 1, 0, 1, 2, replicate},
    {1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1, replicate},
    // stride 2
    {2, 9, 10, 13, 18, 3, 2, 1, 1, 1, 1, 1},
    {1, 20, 33, 50, 47, 3, 2, 1, 0, 1, 2, 0},
    {1, 3, 4, 1, 1, 3, 2, 1, 1, 1, 1, 1},
    {2, 9, 10, 24, 18, 3, 2, 1, 1, 1, 1, 1, reflect},
    {1, 12, 7, 17, 26, 3, 2, 1, 1, 0, 1, 1, replicate},
    // upsampling
    {2, 9, 10, 5, 18, 3, 1, 2, 1, 1, 1, 1},
    {1, 3, 4, 1, 1, 3, 1, 2, 1, 1, 1, 1},
    {2, 20, 33, 23, 16, 3, 1, 2, 1, 1, 1, 1, reflect},
    {1, 5, 10, 12, 7, 3, 1, 2, 1, 1, 1, 1, replicate},
    // wide
    {2, 5, 10, 11, 13, 4, 1, 1, 1, 1, 2, 2},
    {1, 9, 18, 24, 17, 5, 1, 1, 2, 2, 2, 2},
    {2, 5, 10, 13, 31, 7, 1, 1, 3, 3, 3, 3},
    {1, 40, 5, 10, 21, 7, 1, 1, 3, 0, 1, 6},
    {1, 12, 10, 19, 26, 9, 1, 1, 4, 4, 4, 4},
    {1, 9, 3, 12, 30, 11, 1, 1, 5, 5, 5, 5},
};

/// Here the data gradient is for others: no tile holds a border and what it stands for.
const WinogradShape without_data_gradient[] = {
    {1, 5, 8, 3, 3, 3, 1, 1, 2, 2, 2, 2, reflect},
    {1, 9, 18, 24, 17, 5, 1, 1, 2, 2, 2, 2, reflect},
    {2, 5, 10, 13, 12, 7, 1, 1, 3, 3, 3, 3, reflect},
    {1, 5, 10, 26, 13, 7, 1, 1, 3, 0, 1, 6, replicate},
};

void check_forward_and_weights(const Case& test) {
  const Planar y = forward(test.s, test.x, test.kernel), dw = weight_gradient(test.s, test.x, test.dy);
  for (int lanes : {8, 16}) {
    CAPTURE(lanes);
    require_close(convolve(WinogradPass::forward, test.s, {.lanes = lanes}, channel_inner(test.x, lanes), test.kernel), y, lanes);
    require_close(gradient_of_weights(test, {.lanes = lanes}), dw.values);
  }
}
}  // namespace

TEST_CASE("Winograd convolution and its weight gradient equal the direct sums") { for_every(shapes, check_forward_and_weights); }

TEST_CASE("Winograd convolution and its weight gradient equal the direct sums where the data gradient is refused") {
  for_every(without_data_gradient, [](const Case& test) {
    REQUIRE_FALSE(winograd_supports(WinogradPass::data_gradient, test.s, 8));
    REQUIRE_THROWS_AS(winograd_workspace(WinogradPass::data_gradient, test.s, 8, WinogradProducts::f32, 1), ShapeError);
    check_forward_and_weights(test);
  });
}

TEST_CASE("Winograd data gradient equals the direct sum, of dy masked by the saved output or not") {
  for_every(shapes, [](const Case& test) {
    for (const bool with_mask : {false, true}) {
      const Planar want = data_gradient(test.s, with_mask ? masked(test.dy, test.y) : test.dy, test.kernel);
      for (int lanes : {8, 16}) {
        CAPTURE(lanes);
        REQUIRE(winograd_supports(WinogradPass::data_gradient, test.s, lanes));
        const auto mask = channel_inner(test.y, lanes);
        const Run run{.lanes = lanes, .fusion = {.mask = with_mask ? mask.data() : nullptr}};
        require_close(convolve(WinogradPass::data_gradient, test.s, run, channel_inner(test.dy, lanes), test.kernel), want, lanes);
      }
    }
  });
}

TEST_CASE("Winograd supports the data gradient of 3x3 kernels under every padding, for pictures of any size") {
  for (const Padding padding : {Padding::zero, reflect, replicate})
    for (int size = 2; size <= 80; size++)
      for (int other : {size, 2, 3, 7, 64, 256})
        for (int lanes : {8, 16}) {
          const WinogradShape plain{1, 8, 8, size, other, 3, 1, 1, 1, 1, 1, 1, padding};
          WinogradShape strided = plain, doubled = plain;
          strided.stride = 2, doubled.upsample = 2;
          for (const WinogradShape& s : {plain, strided, doubled}) {
            CAPTURE(name_of(s));
            REQUIRE(winograd_supports(WinogradPass::data_gradient, s, lanes));
          }
        }
}

TEST_CASE("Winograd refuses what it cannot do") {
  const WinogradShape good{1, 8, 8, 9, 9, 3, 1, 1, 1, 1, 1, 1};
  std::vector<WinogradShape> bad;
  const auto but = [&](auto change) {
    bad.push_back(good);
    change(bad.back());
  };
  but([](auto& s) { s.n = 0; });
  but([](auto& s) { s.c = 0; });
  but([](auto& s) { s.k = -1; });
  but([](auto& s) { s.h = 0; });
  but([](auto& s) { s.h = 2, s.pad_top = s.pad_bottom = 0; });  // no output
  but([](auto& s) { s.pad_left = 3; });
  but([](auto& s) { s.pad_bottom = -1; });
  but([](auto& s) { s.kernel = 0; });
  but([](auto& s) { s.kernel = 1; });
  but([](auto& s) { s.kernel = 13; });
  but([](auto& s) { s.stride = 0; });
  but([](auto& s) { s.stride = 3; });
  but([](auto& s) { s.kernel = 5, s.stride = 2; });
  but([](auto& s) { s.upsample = 0; });
  but([](auto& s) { s.upsample = 3; });
  but([](auto& s) { s.upsample = 2, s.stride = 2; });
  but([](auto& s) { s.upsample = 2, s.pad_top = 0; });
  but([](auto& s) { s.h = 1, s.padding = reflect; });
  REQUIRE_FALSE(winograd_supports_weight_gradient(good, 4));
  for (const WinogradPass pass : passes) {
    REQUIRE(winograd_supports(pass, good, 8));
    REQUIRE_FALSE(winograd_supports(pass, good, 4));
    REQUIRE_THROWS_AS(winograd_workspace(pass, good, 4, WinogradProducts::f32, 1), ShapeError);
    for (const WinogradShape& s : bad) {
      CAPTURE(name_of(s));
      REQUIRE_FALSE(winograd_supports(pass, s, 8));
      REQUIRE_FALSE(winograd_supports_moments(s, 8));
      REQUIRE_FALSE(winograd_supports_weight_gradient(s, 8));
      REQUIRE_THROWS_AS(winograd_workspace(pass, s, 8, WinogradProducts::f32, 1), ShapeError);
      REQUIRE_THROWS_AS(winograd_packed_size(pass, s, 8), ShapeError);
      REQUIRE_THROWS_AS(winograd_pairs_bytes(pass, s, 8), ShapeError);
      REQUIRE_THROWS_AS(winograd_weights_key(pass, s, WinogradProducts::f32), ShapeError);
      REQUIRE_THROWS_AS(winograd_weight_gradient_workspace(s, 8), ShapeError);
    }
  }
}
