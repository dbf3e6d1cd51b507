// The reference backend's primitives that move numbers rather than compute with them: padding, copies, pooling, resizing,
// layouts, random numbers. Against values computed by hand or by a closed formula; every output begins as NaN.
#include <algorithm>

#include "engine/random.h"
#include "tests/kernels/reference_fixture.h"

using namespace impasto;

TEST_CASE("padding: zeros, mirrored without the edge, the edge repeated, and cropping") {
  Bench b;
  const Tensor x = b.of({1, 1, 1, 4}, {1, 2, 3, 4});
  Tensor wide = b.empty({1, 1, 1, 9}), narrow = b.empty({1, 1, 2, 2});
  const Pads pads{.left = 3, .right = 2};
  b->pad(x, pads, Padding::zero, wide);
  check_values(wide, {0, 0, 0, 1, 2, 3, 4, 0, 0});
  b->pad(x, pads, Padding::reflect, wide);
  check_values(wide, {4, 3, 2, 1, 2, 3, 4, 3, 2});
  b->pad(x, pads, Padding::replicate, wide);
  check_values(wide, {1, 1, 1, 1, 2, 3, 4, 4, 4});
  b->pad(x, {.top = 1, .left = -1, .right = -1}, Padding::zero, narrow);
  check_values(narrow, {0, 0, 2, 3});
  CHECK_THROWS_AS(b->pad(x, {.left = 4, .right = 1}, Padding::reflect, wide), ShapeError);
}

TEST_CASE("copied channels leave the others and the padding lanes as they are") {
  Bench b(Dtype::f32, 8);
  const Tensor x = b.of({1, 3, 1, 2}, {1, 2, 3, 4, 5, 6});
  Tensor y = b.constant({1, 9, 1, 2}, 10);
  b->copy_channels(x, 1, {y}, 7, 2);
  check_values(y, {10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3, 4, 5, 6});
  b->copy_channels(x, 0, {y, true}, 6, 2);
  check_values(y, {10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 11, 12, 6, 8, 5, 6});
  CHECK_THROWS_AS(b->copy_channels(x, 1, {y}, 7, 3), ShapeError);
}

TEST_CASE("max pooling takes the largest, its gradient the first of equals") {
  Bench b;
  const Tensor x = b.of({1, 1, 3, 3}, {1, 7, 7, 4, 5, 7, -1, -2, -9});
  Tensor y = b.empty({1, 1, 2, 2}), dx = x.like();
  b->max_pool(x, {.kernel = 2, .stride = 1}, y);
  check_values(y, {7, 7, 5, 7});
  b->max_pool_backward(x, y, b.of({1, 1, 2, 2}, {1, 2, 3, 4}), {.kernel = 2, .stride = 1}, {dx});
  check_values(dx, {0, 3, 0, 0, 3, 4, 0, 0, 0});
  b->max_pool(x, {.kernel = 2, .stride = 2, .ceil_mode = true}, y);
  check_values(y, {7, 7, -1, -9});
  b->max_pool(x, {.kernel = 3, .stride = 2, .pad = 1}, y);  // padding never wins, not even over negative numbers
  check_values(y, {7, 7, 5, 7});
}

TEST_CASE("average pooling counts the padding, but nothing beyond it") {
  Bench b;
  const auto pool_ones = [&](int size, PoolParams params, const std::vector<double>& expected) {
    Tensor y = b.empty({1, 1, 1, int(expected.size())});
    const int rows = params.kernel - 2 * params.pad;  // a single window, of which so much is picture
    const Tensor ones = b.constant({1, 1, rows, size}, 1);
    std::vector<double> scaled;
    for (double e : expected) scaled.push_back(e * rows / params.kernel);
    b->average_pool(ones, params, y);
    check_values(y, scaled);
  };
  pool_ones(4, {.kernel = 2, .stride = 2}, {1, 1});
  pool_ones(5, {.kernel = 3, .stride = 2, .pad = 1}, {2 / 3., 1, 2 / 3.});
  pool_ones(4, {.kernel = 3, .stride = 2, .ceil_mode = true}, {1, 1});
  pool_ones(4, {.kernel = 3, .stride = 2, .pad = 1, .ceil_mode = true}, {2 / 3., 1, 1 / 2.});
  pool_ones(5, {.kernel = 3, .stride = 4, .pad = 1, .ceil_mode = true}, {2 / 3., 2 / 3.});
  pool_ones(4, {.kernel = 3, .stride = 5, .pad = 1, .ceil_mode = true}, {2 / 3.});  // a second would begin behind the picture
}

TEST_CASE("nearest upsampling repeats, its gradient sums") {
  Bench b;
  Tensor y = b.empty({1, 1, 2, 4}), dx = b.empty({1, 1, 1, 2});
  b->upsample_nearest(b.of({1, 1, 1, 2}, {1, 2}), 2, y);
  check_values(y, {1, 1, 2, 2, 1, 1, 2, 2});
  b->upsample_nearest_backward(b.of({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}), 2, {dx});
  check_values(dx, {14, 22});
}

TEST_CASE("bilinear resizing continues a ramp in both conventions") {
  Bench b;
  for (int from : {1, 2, 5})
    for (int to : {1, 3, 5, 10}) {
      const Tensor x = b.indexed({1, 1, from, from}, [&](double i) { return int(i) / from * 100 + int(i) % from; });
      for (bool align : {false, true}) {
        const auto at = [&](int i) {
          return align ? (to > 1 ? i * (from - 1.) / (to - 1) : 0) : std::clamp((i + .5) * from / to - .5, 0., from - 1.);
        };
        Tensor y = b.empty({1, 1, to, to});
        b->resize_bilinear(x, align, y);
        std::vector<double> expected;
        for (int h = 0; h < to; ++h)
          for (int w = 0; w < to; ++w) expected.push_back(100 * at(h) + at(w));
        check_values(y, expected, 1e-10);
      }
    }
}

TEST_CASE("random numbers depend on the position in N, C, H, W order and not on the layout") {
  for (int lanes : {1, 8}) {
    Bench b(Dtype::f32, lanes);
    Tensor u = b.empty({2, 17, 1, 3}), z = u.like();
    b->random_uniform(7, 1000, u);
    b->random_normal(8, 5, z);
    std::vector<double> uniform, normal;
    for (uint64_t i = 0; i < 102; ++i) uniform.push_back(random::uniform(7, 1000 + i)), normal.push_back(random::normal(8, 5 + i));
    check_values(u, uniform, 0);
    check_values(z, normal, 0);
  }
}

TEST_CASE("convert moves between lanes and dtypes, rounding to nearest even in bf16") {
  Bench b(Dtype::f32, 8);
  const Tensor x = b.of({1, 3, 1, 1}, {1, 1 + 1 / 256., -3 / 7.});
  Tensor half(*b.backend, {1, 3, 1, 1}, 4, Dtype::bf16), wide(*b.backend, {1, 3, 1, 1}, 2, Dtype::f64);
  b->convert(x, {half});
  check_values(half, {1, 1, double(float(bf16(-3 / 7.f)))}, 0);
  CHECK(float(half.data<bf16>()[3]) == 0);
  b->convert(half, {wide});
  b->convert(x, {wide, true});
  check_values(wide, {2, 2 + 1 / 256., double(float(bf16(-3 / 7.f))) + double(-3 / 7.f)}, 0);
}
