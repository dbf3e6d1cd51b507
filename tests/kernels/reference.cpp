// The reference backend against values computed by hand or by a closed formula. Every output begins as NaN.
#include "kernels/reference/reference.h"

#include <string>

#include "tests/kernels/reference_fixture.h"

using namespace impasto;

TEST_CASE("a convolution of ones with ones counts the taps that meet the picture") {
  for (int lanes : {1, 8}) {
    Bench b(Dtype::f32, lanes);
    const Tensor x = b.constant({2, 17, 5, 4}, 1);
    Tensor w = b.planar({3, 17, 3, 3}), bias = b.planar({1, 3, 1, 1}), y = b.empty({2, 3, 5, 4});
    b->fill(w, 1);
    b->fill(bias, 0.5);
    b->conv2d(x, w, same_padding(1), {}, {.bias = &bias}, {y});
    std::vector<double> expected;
    for (int plane = 0; plane < 6; ++plane)
      for (int h = 0; h < 5; ++h)
        for (int v = 0; v < 4; ++v) expected.push_back(17 * (h % 4 == 0 ? 2 : 3) * (v % 3 == 0 ? 2 : 3) + 0.5);
    check_values(y, expected);
  }
}

TEST_CASE("a kernel with a single one shifts: stride, dilation, uneven padding and groups move the right way") {
  ConvParams params{.stride_h = 2, .stride_w = 3, .pad_top = 3, .pad_left = 1, .pad_bottom = 2, .pad_right = 4};
  params.dilation_h = 2;
  params.dilation_w = 3;
  params.groups = 2;
  const Shape in{1, 4, 7, 9}, out{1, 6, (7 + 5 - 5) / 2 + 1, (9 + 5 - 4) / 3 + 1};
  for (int channel = 0; channel < 2; ++channel)
    for (int r = 0; r < 3; ++r)
      for (int s = 0; s < 2; ++s) {
        Bench b;
        const Tensor x = b.indexed(in, [](double i) { return i + 1; });
        Tensor w = b.planar({6, 2, 3, 2}), y = b.empty(out);
        b->fill(w, 0);
        for (int k = 0; k < 6; ++k) w.data<double>()[w.index(k, channel, r, s)] = k + 1;
        b->conv2d(x, w, params, {}, {}, {y});
        std::vector<double> expected;
        for (int k = 0; k < 6; ++k)
          for (int p = 0; p < out.h; ++p)
            for (int q = 0; q < out.w; ++q) {
              const int h = 2 * p - 3 + 2 * r, v = 3 * q - 1 + 3 * s, c = (k < 3 ? 0 : 2) + channel;
              const bool inside = h >= 0 && h < 7 && v >= 0 && v < 9;
              expected.push_back(inside ? (k + 1) * ((c * 7 + h) * 9 + v + 1) : 0);
            }
        check_values(y, expected);
      }
}

TEST_CASE("a fused relu cuts at zero, and its mask silences the gradient there") {
  Bench b;
  const Tensor x = b.of({1, 1, 1, 3}, {-2, 0, 3}), w = b.of({1, 1, 1, 1}, {2}), dy = b.of({1, 1, 1, 3}, {5, 6, 7});
  Tensor y = b.empty({1, 1, 1, 3}), dx = y.like(), dw = w.like();
  b->conv2d(x, w, {}, {}, {.relu = true}, {y});
  check_values(y, {0, 0, 6});
  b->conv2d_backward_data(dy, w, {}, &y, {dx});
  check_values(dx, {0, 0, 14});
  b->conv2d_backward_weights(x, dy, {}, {}, &y, {dw});
  check_values(dw, {21});
  Tensor sum = b.of({1, 1, 1, 3}, {3, -1, 1});
  b->conv2d(x, w, {}, {}, {.relu = true}, {sum, true});
  check_values(sum, {0, 0, 7});
}

TEST_CASE("a convolution scales, cuts, doubles and mirrors its input, in this order, and measures its output") {
  Bench b;
  // 2 x - 3, cut at 0: {1, 0}, {3, 0}; with each pixel twice and one reflected column on either side: 1 1 1 0 0 0.
  const Tensor x = b.of({2, 1, 1, 2}, {2, 1, 3, -5}), w = b.of({1, 1, 1, 2}, {1, 10}), bias = b.of({1, 1, 1, 1}, {1});
  const Tensor scale = b.of({1, 1, 1, 1}, {2}), shift = b.of({1, 1, 1, 1}, {-3});
  const ConvParams params{.pad_left = 1, .pad_right = 1, .padding = Padding::reflect, .upsample = 2};
  Tensor y = b.empty({2, 1, 2, 5}), mean = b.empty({2, 1, 1, 1}), variance = mean.like();
  b->conv2d(x, w, params, {&scale, &shift, true}, {.bias = &bias, .mean = &mean, .variance = &variance}, {y});
  const std::vector<double> row = {12, 12, 2, 1, 1}, other = {34, 34, 4, 1, 1};
  std::vector<double> expected;
  for (const auto& r : {row, row, other, other}) expected.insert(expected.end(), r.begin(), r.end());
  check_values(y, expected);
  check_values(mean, {28 / 5., 74 / 5.});
  check_values(variance, {294 / 5. - 28 * 28 / 25., 2330 / 5. - 74 * 74 / 25.});
  const Tensor rows = b.of({2, 1, 1, 1}, {1, 0}), none = b.of({2, 1, 1, 1}, {0, 7});  // a row for each image
  b->conv2d(x, b.of({1, 1, 1, 1}, {1}), {}, {&rows, &none}, {}, {y = b.empty({2, 1, 1, 2})});
  check_values(y, {2, 1, 7, 7});
}

TEST_CASE("the factors of a norm are gamma / sqrt(variance + eps) and what takes the mean to beta") {
  for (const bool by_image : {true, false}) {
    Bench b;
    const Tensor mean = b.of({1, 2, 1, 1}, {10, -1}), variance = b.of({1, 2, 1, 1}, {3, 15});
    const Tensor gamma = b.of({2, 2, 1, 1}, {2, 4, 6, -8}), beta = b.of({2, 2, 1, 1}, {1, 2, 3, 4});
    Tensor rstd = mean.like(), scale = by_image ? gamma.like() : mean.like(), shift = scale.like();
    b->norm_factors(mean, variance, by_image ? &gamma : nullptr, by_image ? &beta : nullptr, 1, rstd, scale, shift);
    check_values(rstd, {0.5, 0.25});
    check_values(scale, by_image ? std::vector<double>{1, 1, 3, -2} : std::vector<double>{0.5, 0.25});
    check_values(shift, by_image ? std::vector<double>{-9, 3, -27, 2} : std::vector<double>{-5, 0.25});
  }
}

TEST_CASE("scale and shift come before the cut at zero, the shortcut after it") {
  Bench b;
  const Tensor x = b.of({1, 2, 1, 2}, {1, -1, 4, 5}), scale = b.of({1, 2, 1, 1}, {2, -1}), shift = b.of({1, 2, 1, 1}, {1, 4});
  const Tensor shortcut = b.of({1, 2, 1, 2}, {-10, -20, -30, -40});
  Tensor y = x.like();
  b->scale_shift(x, &scale, &shift, false, nullptr, y);
  check_values(y, {3, -1, 0, -1});
  b->scale_shift(x, &scale, &shift, true, &shortcut, y);
  check_values(y, {-7, -20, -30, -40});
  b->scale_shift(x, nullptr, nullptr, true, nullptr, y);
  check_values(y, {1, 0, 4, 5});
}

TEST_CASE("unary functions have their textbook values") {
  Bench b;
  const std::vector<double> x = {-3, -1, 0, 0.5, 7};
  const auto check = [&](Unary op, double p, double q, const std::vector<double>& expected) {
    Tensor y = b.empty({1, 5, 1, 1});
    b->unary(op, p, q, b.of({1, 5, 1, 1}, x), y);
    check_values(y, expected);
  };
  const auto s = [](double v) { return 1 / (1 + std::exp(-v)); };
  check(Unary::relu, 0, 0, {0, 0, 0, 0.5, 7});
  check(Unary::leaky_relu, 0.25, 0, {-0.75, -0.25, 0, 0.5, 7});
  check(Unary::relu6, 0, 0, {0, 0, 0, 0.5, 6});
  check(Unary::elu, 2, 0, {2 * (std::exp(-3) - 1), 2 * (std::exp(-1) - 1), 0, 0.5, 7});
  check(Unary::silu, 0, 0, {-3 * s(-3), -s(-1), 0, 0.5 * s(0.5), 7 * s(7)});
  check(Unary::sigmoid, 0, 0, {s(-3), s(-1), 0.5, s(0.5), s(7)});
  check(Unary::tanh, 150, 0, {-150 * std::tanh(3), -150 * std::tanh(1), 0, 150 * std::tanh(0.5), 150 * std::tanh(7)});
  check(Unary::affine, 2, -1, {-7, -3, -1, 0, 13});
  check(Unary::sqrt, 3, 0, {0, std::sqrt(2), std::sqrt(3), std::sqrt(3.5), std::sqrt(10)});
  check(Unary::clamp, -1, 2, {-1, -1, 0, 0.5, 2});
  check(Unary::absolute, 0, 0, {3, 1, 0, 0.5, 7});
}

TEST_CASE("at its kinks a function has PyTorch's derivative") {
  Bench b;
  const Tensor x = b.of({1, 3, 1, 1}, {-1, 0, 6}), dy = b.constant({1, 3, 1, 1}, 1);
  const auto check = [&](Unary op, double p, double q, const std::vector<double>& expected) {
    Tensor y = b.empty({1, 3, 1, 1}), dx = y.like();
    b->unary(op, p, q, x, y);
    b->unary_backward(op, p, q, x, y, dy, {dx});
    check_values(dx, expected);
  };
  check(Unary::relu, 0, 0, {0, 0, 1});
  check(Unary::leaky_relu, 0.2, 0, {0.2, 0.2, 1});
  check(Unary::relu6, 0, 0, {0, 0, 0});
  check(Unary::elu, 2, 0, {2 * std::exp(-1), 2, 1});
  check(Unary::clamp, -1, 6, {1, 1, 1});
  check(Unary::absolute, 0, 0, {-1, 0, 1});
}

TEST_CASE("binary operations repeat dimensions of one, reduce_sum sums them up") {
  Bench b;
  const Tensor x = b.of({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), row = b.of({1, 2, 1, 1}, {10, 20}), one = b.of({1, 1, 1, 1}, {2});
  Tensor y = x.like();
  b->binary(Binary::add, 1, x, row, {y});
  check_values(y, {11, 12, 23, 24, 15, 16, 27, 28});
  b->binary(Binary::subtract, 0.5, row, x, {y});
  check_values(y, {4.5, 4, 8.5, 8, 2.5, 2, 6.5, 6});
  b->binary(Binary::multiply, 1, x, one, {y, true});
  check_values(y, {6.5, 8, 14.5, 16, 12.5, 14, 20.5, 22});
  b->binary(Binary::divide, 1, x, x, {y});
  check_values(y, std::vector<double>(8, 1));
  Tensor image = b.empty({2, 1, 1, 1}), all = b.empty({1, 1, 1, 1}), pixels = b.empty({2, 1, 1, 2}), channels = b.empty({1, 2, 1, 1});
  b->reduce_sum(x, 1, {image});
  check_values(image, {10, 26});
  b->reduce_sum(x, 0.5, {all});
  check_values(all, {18});
  b->reduce_sum(x, 1, {pixels});
  check_values(pixels, {4, 6, 12, 14});
  b->reduce_sum(x, 1, {channels});
  check_values(channels, {14, 22});
}

TEST_CASE("normalised channels have the mean and spread they are given") {
  Bench b;
  const double r = 1 / std::sqrt(4 + 0.5);  // of {-2, 2} and eps 0.5
  const Tensor x = b.of({2, 1, 1, 2}, {8, 12, 98, 102}), gamma = b.of({1, 1, 1, 1}, {3}), beta = b.of({2, 1, 1, 1}, {1, 5});
  Tensor mean = b.empty({2, 1, 1, 1}), rstd = mean.like(), y = x.like();
  b->norm(NormScope::image, x, &gamma, &beta, 0.5, false, mean, rstd, y);
  check_values(mean, {10, 100});
  check_values(rstd, {r, r});
  check_values(y, {1 - 6 * r, 1 + 6 * r, 5 - 6 * r, 5 + 6 * r});
  Tensor mean1 = b.empty({1, 1, 1, 1}), rstd1 = mean1.like();
  const double all = 1 / std::sqrt(45 * 45 + 4);
  b->norm(NormScope::batch, x, nullptr, nullptr, 0, false, mean1, rstd1, y);
  check_values(mean1, {55});
  check_values(rstd1, {all});
  check_values(y, {-47 * all, -43 * all, 43 * all, 47 * all});
  Tensor given = b.of({1, 1, 1, 1}, {8}), half = b.of({1, 1, 1, 1}, {0.5});
  b->norm(NormScope::frozen, x, nullptr, nullptr, 1e9, false, given, half, y);
  check_values(y, {0, 2, 45, 47});
  check_values(given, {8});
  check_values(half, {0.5});
}

TEST_CASE("channel moments of 0 .. n-1 are (n-1)/2 and (n^2-1)/12") {
  for (int lanes : {1, 8}) {
    Bench b(Dtype::f64, lanes);
    const Tensor x = b.indexed({2, 9, 3, 5}, [](double i) { return std::fmod(i, 15); });
    Tensor mean = b.planar({2, 9, 1, 1}), variance = mean.like();
    b->channel_moments(x, mean, variance);
    check_values(mean, std::vector<double>(18, 7));
    check_values(variance, std::vector<double>(18, 224 / 12.));
  }
}

TEST_CASE("gram and matmul multiply as on paper") {
  Bench b;
  Tensor g = b.empty({2, 1, 2, 2});
  b->gram(b.of({2, 2, 1, 2}, {1, 2, 3, 4, 1, 0, 0, 2}), nullptr, 0.5, g);
  check_values(g, {2.5, 5.5, 5.5, 12.5, 0.5, 0, 0, 2});
  const Tensor mask = b.of({1, 1, 1, 2}, {2, 3});
  b->gram(b.of({2, 2, 1, 2}, {1, 2, 3, 4, 1, 0, 0, 2}), &mask, 0.5, g);  // of {2, 6, 6, 12} and {2, 0, 0, 6}
  check_values(g, {20, 42, 42, 90, 2, 0, 0, 18});
  const Tensor a = b.of({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}), at = b.of({1, 1, 3, 2}, {1, 4, 2, 5, 3, 6});
  const Tensor m = b.of({2, 1, 3, 1}, {1, 0, 2, 1, 1, 1}), mt = m.reshaped({2, 1, 1, 3});
  for (bool ta : {false, true})
    for (bool tm : {false, true}) {
      Tensor y = b.empty({2, 1, 2, 1});
      b->matmul(ta ? at : a, ta, tm ? mt : m, tm, 10, {y});
      check_values(y, {70, 160, 60, 150});
    }
  CHECK_THROWS_AS(b->matmul(a, false, a, false, 1, {g}), ShapeError);
}

TEST_CASE("forward primitives add to what is there when asked to") {
  Bench b(Dtype::f64, 8);
  const Tensor x = b.of({1, 3, 1, 2}, {1, 2, 3, 4, 5, 6});
  Tensor w = b.planar({3, 3, 1, 1}), bias = b.planar({1, 3, 1, 1}), y = b.constant({1, 3, 1, 2}, 100), sums = b.planar({1, 3, 1, 1});
  b->fill(w, 1);
  b->fill(bias, 7);
  b->fill(sums, 50);
  b->conv2d(x, w, {}, {}, {.bias = &bias}, {y, true});
  check_values(y, {116, 119, 116, 119, 116, 119});
  b->reduce_sum(x, 2, {sums, true});
  check_values(sums, {56, 64, 72});
  Tensor row = sums.reshaped({1, 1, 1, 3}), square = b.planar({1, 1, 3, 3});
  b->fill(square, 1);
  b->matmul(sums.reshaped({1, 1, 3, 1}), false, row, false, 1, {square, true});
  check_values(square, {3137, 3585, 4033, 3585, 4097, 4609, 4033, 4609, 5185});
}

TEST_CASE("total variation of a ramp counts its pixels") {
  Bench b;
  const Tensor x = b.indexed({2, 3, 4, 5}, [](double i) { return 3 * std::floor(std::fmod(i, 20) / 5) - 2 * std::fmod(i, 5); });
  Tensor y = b.empty({1, 1, 1, 1});
  b->total_variation(Variation::squared, x, 1, y);
  check_values(y, {6. * (9 * 3 * 5 + 4 * 4 * 4)});
  b->total_variation(Variation::absolute, x, 0.5, y);
  check_values(y, {6. * (3 * 3 * 5 + 2 * 4 * 4) / 2});
  b->total_variation(Variation::torch, x, 1, y);
  check_values(y, {6. * 0.5 * (9 + 4) * 3 * 4});
  b->total_variation(Variation::absolute, b.constant({1, 1, 1, 1}, 3), 1, y);
  check_values(y, {0});
}

TEST_CASE("losses of differences 0.5, -3 and 1, plain and weighted") {
  Bench b;
  const Tensor x = b.of({1, 1, 1, 3}, {1.5, 2, 3}), target = b.of({1, 1, 1, 3}, {1, 5, 2}), weight = b.of({1, 1, 1, 3}, {1, 0.5, 0});
  Tensor y = b.empty({1, 1, 1, 1});
  const auto check = [&](Loss kind, double plain, double weighted) {
    b->loss(kind, x, target, nullptr, 2, y);
    check_values(y, {2 * plain});
    b->loss(kind, x, target, &weight, 2, y);
    check_values(y, {2 * weighted});
  };
  check(Loss::squared, 0.25 + 9 + 1, 0.25 + 2.25);
  check(Loss::absolute, 0.5 + 3 + 1, 0.5 + 1.5);
  check(Loss::smooth_l1, 0.125 + 2.5 + 0.5, 0.125 + 1);
}

TEST_CASE("Adam's first step is the rate in the gradient's direction; momentum gathers speed") {
  Bench b;
  const Tensor g = b.of({1, 2, 1, 1}, {4, -0.5});
  Tensor p = b.constant({1, 2, 1, 1}, 1), m = b.constant({1, 2, 1, 1}, 0), v = b.constant({1, 2, 1, 1}, 0);
  const AdamParameter moved[] = {{&g, &p, &m, &v}};
  b->adam_step({0.9, 0.99, 0}, b.number(0.125 / (1 - 0.9)), b.number(1 / std::sqrt(1 - 0.99)), moved);
  check_values(m, {0.4, -0.05});
  check_values(v, {0.16, 0.0025});
  check_values(p, {0.875, 1.125});
  b->adam_step({0.5, 0.5, 1}, b.number(2), b.number(3), moved);
  check_values(p, {0.875 - 2 * 2.2 / (3 * std::sqrt(8.08) + 1), 1.125 + 2 * 0.275 / (3 * std::sqrt(0.12625) + 1)});
  Tensor q = b.constant({1, 2, 1, 1}, 1), velocity = b.constant({1, 2, 1, 1}, 0);
  for (int step = 0; step < 2; ++step) b->sgd_step(0.1, 0.5, g, q, velocity);
  check_values(velocity, {6, -0.75});
  check_values(q, {1 - 0.1 * (4 + 6), 1 + 0.1 * (0.5 + 0.75)});
}

TEST_CASE("what does not fit is refused with the primitive's name") {
  Bench b(Dtype::f32);
  Tensor half(*b.backend, {1, 3, 2, 2}, 1, Dtype::bf16), y = b.empty({1, 3, 2, 2}), wrong = b.empty({1, 3, 2, 1});
  Tensor lanes8(*b.backend, {1, 3, 2, 2}, 8), w = b.constant({1, 2, 1, 1}, 1);
  const float host[12] = {};
  CHECK_THROWS_WITH_AS(b->unary(Unary::relu, 0, 0, half, y), doctest::Contains("unary"), ShapeError);
  CHECK_THROWS_WITH_AS(b->fill(half, 0), doctest::Contains("fill"), ShapeError);
  CHECK_THROWS_WITH_AS(b->upload(host, lanes8), doctest::Contains("upload"), ShapeError);
  CHECK_THROWS_WITH_AS(b->conv2d(y, w, {}, {}, {}, {y}), doctest::Contains("conv2d"), ShapeError);
  b->fill(y, 1);
  CHECK_THROWS_WITH_AS(b->unary(Unary::relu, 0, 0, y, wrong), doctest::Contains("unary"), ShapeError);
  CHECK_THROWS_AS(make_reference_backend(Dtype::bf16), ShapeError);
}
