// What any good resampling must keep, and the two filters against their formulas.
#include "loaders/resize.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "tests/loaders/crafted.h"

namespace impasto {
namespace {

using crafted::gradient;

const int sizes[][2] = {{1, 1}, {1, 50}, {50, 1}, {7, 5}, {37, 23}, {38, 22}, {61, 47}, {200, 150}};

Picture filled(int width, int height, float value, float alpha) {
  Picture picture = gradient(width, height, true);
  std::fill(picture.rgb.begin(), picture.rgb.end(), value);
  std::fill(picture.alpha.begin(), picture.alpha.end(), alpha);
  return picture;
}

double mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

TEST_CASE("a picture of one colour keeps it at every size") {
  for (const float alpha : {0.0f, 0.5f, 1.0f}) {
    const Picture picture = filled(37, 23, 0.3f, alpha);
    for (const auto& [width, height] : sizes) {
      const Picture out = resize(picture, width, height);
      CHECK(out.width == width);
      CHECK(out.height == height);
      REQUIRE(out.rgb.size() == 3 * out.pixels());
      REQUIRE(out.alpha.size() == out.pixels());
      for (const float value : out.rgb) CHECK(value == doctest::Approx(0.3f).epsilon(1e-5));
      for (const float value : out.alpha) CHECK(std::abs(value - alpha) < 1e-5f);
    }
  }
}

TEST_CASE("the same size is the same picture") {
  const Picture picture = gradient(31, 17, true);
  const Picture out = resize(picture, 31, 17);
  CHECK(out.rgb == picture.rgb);
  CHECK(out.alpha == picture.alpha);
}

TEST_CASE("an axis that keeps its length is not filtered") {
  Picture picture = gradient(4, 6);
  for (std::size_t p = 0; p < picture.rgb.size(); ++p) picture.rgb[p] = static_cast<float>(p % 4) / 4;  // stripes
  const Picture out = resize(picture, 4, 3);
  for (std::size_t p = 0; p < out.rgb.size(); ++p) CHECK(out.rgb[p] == doctest::Approx(static_cast<float>(p % 4) / 4).epsilon(1e-6));
}

TEST_CASE("the mean of a smooth picture is kept") {
  const Picture picture = gradient(64, 48, true);
  for (const auto& [width, height] : {std::pair{32, 24}, {16, 12}, {9, 7}, {128, 96}, {101, 77}, {1, 1}}) {
    CAPTURE(width);
    const Picture out = resize(picture, width, height);
    Picture opaque = picture;
    opaque.alpha.clear();
    CHECK(mean(resize(opaque, width, height).rgb) == doctest::Approx(mean(picture.rgb)).epsilon(0.005));
    CHECK(mean(out.alpha) == doctest::Approx(mean(picture.alpha)).epsilon(0.005));
  }
}

TEST_CASE("a ramp stays the same ramp, not shifted by a part of a pixel") {
  const Picture picture = gradient(60, 40);
  for (const auto& [width, height] : {std::pair{20, 20}, {33, 21}, {120, 80}, {97, 41}}) {
    const Picture out = resize(picture, width, height), expected = gradient(width, height);
    for (int y = height / 4; y < 3 * height / 4; ++y)  // the edges bend
      for (int x = width / 4; x < 3 * width / 4; ++x) {
        const std::size_t p = static_cast<std::size_t>(y * width + x);
        for (std::size_t c = 0; c < 3; ++c) CHECK(std::abs(out.rgb[c * out.pixels() + p] - expected.rgb[c * out.pixels() + p]) < 0.002f);
      }
  }
}

TEST_CASE("a fine chequerboard becomes even grey, not a coarse pattern") {
  Picture picture = gradient(96, 96);
  for (std::size_t p = 0; p < picture.rgb.size(); ++p) picture.rgb[p] = static_cast<float>((p % 96 + p / 96) % 2);
  const Picture out = resize(picture, 29, 31);
  for (int y = 4; y < 27; ++y)
    for (int x = 4; x < 25; ++x) CHECK(out.rgb[static_cast<std::size_t>(y * 29 + x)] == doctest::Approx(0.5).epsilon(0.02));
}

TEST_CASE("a single line twice as long has the weights of Catmull and Rom") {
  Picture picture = gradient(9, 1);
  std::fill(picture.rgb.begin(), picture.rgb.end(), 0.25f);
  for (std::size_t c = 0; c < 3; ++c) picture.rgb[c * 9 + 4] = 0.75f;
  const Picture out = resize(picture, 18, 1);
  // distances 1/4, 3/4, 5/4 and 7/4 of a pixel from the one that differs
  const double weights[] = {111 / 128.0, 29 / 128.0, -9 / 128.0, -3 / 128.0};
  for (int i = 0; i < 4; ++i) {
    CHECK(out.rgb[static_cast<std::size_t>(9 + i)] == doctest::Approx(0.25 + 0.5 * weights[i]).epsilon(1e-5));
    CHECK(out.rgb[static_cast<std::size_t>(8 - i)] == doctest::Approx(0.25 + 0.5 * weights[i]).epsilon(1e-5));
  }
}

TEST_CASE("a single line half as long has the weights of Lanczos") {
  Picture picture = gradient(32, 1);
  std::fill(picture.rgb.begin(), picture.rgb.end(), 0.5f);
  for (std::size_t c = 0; c < 3; ++c) picture.rgb[c * 32 + 16] = 1.0f;
  const Picture out = resize(picture, 16, 1);
  const auto sinc = [](double x) { return std::sin(M_PI * x) / (M_PI * x); };
  const auto weight = [&](double distance) { return std::abs(distance) < 3 ? sinc(distance) * sinc(distance / 3) : 0; };
  for (int i = 5; i < 11; ++i) {
    double sum = 0;
    for (int s = 0; s < 32; ++s) sum += weight((s - (2 * i + 0.5)) / 2);
    CHECK(out.rgb[static_cast<std::size_t>(i)] == doctest::Approx(0.5 + 0.5 * weight((16 - (2 * i + 0.5)) / 2) / sum).epsilon(1e-5));
  }
}

TEST_CASE("results stay within 0..1 although the filters overshoot") {
  Picture picture = gradient(40, 40, true);
  for (std::size_t p = 0; p < picture.rgb.size(); ++p) picture.rgb[p] = p % 40 < 20 ? 0.0f : 1.0f;
  for (std::size_t p = 0; p < picture.alpha.size(); ++p) picture.alpha[p] = p / 40 < 20 ? 0.0f : 1.0f;
  for (const auto& [width, height] : {std::pair{90, 90}, {23, 19}})
    for (const float value : resize(picture, width, height).rgb) {
      CHECK(value >= 0);
      CHECK(value <= 1);
    }
}

TEST_CASE("hidden colours do not bleed into what is seen, nor turn black") {
  Picture picture = gradient(40, 40, true);
  const std::size_t pixels = picture.pixels();
  for (std::size_t p = 0; p < pixels; ++p) {
    const bool seen = p % 40 < 20;
    picture.alpha[p] = seen ? 1.0f : 0.0f;
    picture.rgb[p] = seen ? 0.2f : 1.0f;
    picture.rgb[pixels + p] = picture.rgb[2 * pixels + p] = 0.5f;
  }
  for (const auto& [width, height] : {std::pair{17, 40}, {91, 40}}) {
    const Picture out = resize(picture, width, height);
    const std::size_t row = static_cast<std::size_t>(width) * 20;
    for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
      CAPTURE(x);
      if (out.alpha[row + x] > 0.3f) CHECK(std::abs(out.rgb[row + x] - 0.2f) < 0.01f);
      CHECK(out.rgb[row + x] > 0.19f);  // between the two colours, also where negative weights cancel the opacity
      CHECK(std::abs(out.rgb[out.pixels() + row + x] - 0.5f) < 0.001f);
    }
    CHECK(out.rgb[row + static_cast<std::size_t>(width) - 1] == doctest::Approx(1));
  }
}

TEST_CASE("the longest side is met and the other rounded, never to nothing") {
  const auto check = [](int width, int height, int longest, int w, int h) {
    const Picture out = resize_longest(gradient(width, height), longest);
    CHECK(out.width == w);
    CHECK(out.height == h);
  };
  check(40, 30, 20, 20, 15);
  check(30, 40, 20, 15, 20);
  check(40, 27, 20, 20, 14);
  check(300, 1, 10, 10, 1);
  check(7, 7, 21, 21, 21);
  check(40, 30, 40, 40, 30);
  check(5, 3, 1, 1, 1);
}

TEST_CASE("bits and grey are passed on and sizes below one refused") {
  Picture picture = gradient(4, 4);
  picture.grey = true;
  picture.bits = 16;
  CHECK(resize(picture, 2, 2).grey);
  CHECK(resize(picture, 2, 2).bits == 16);
  CHECK_THROWS_AS(resize(picture, 0, 2), ShapeError);
  CHECK_THROWS_AS(resize(picture, 2, -1), ShapeError);
  CHECK_THROWS_AS(resize_longest(picture, 0), ShapeError);
}

}  // namespace
}  // namespace impasto
