// What measures accuracy must see what is wrong: a convolution off by a thousandth, and only that one.
#include "nets/convolution_errors.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "kernels/cpu/backend.h"
#include "nets/accuracy.h"
#include "tests/nets/narrow_transform.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

/// Scales what one primitive writes by 1.001.
class Broken final : public DecoratorBackend {
 public:
  Broken(Backend& inner, std::string target) : DecoratorBackend(inner), target_(std::move(target)) {}

 protected:
  void around(const Call& call, const std::function<void()>& run) override {
    run();
    if (target_ != call.primitive) return;
    Tensor spoilt = **call.writes.begin();
    inner_.unary(Unary::affine, 1.001, 0, **call.writes.begin(), spoilt);
  }

 private:
  std::string target_;
};

const char* const primitives[] = {"conv2d", "conv2d_backward_data", "conv2d_backward_weights"};

/// A sound path and three broken ones.
struct Paths {
  std::unique_ptr<Backend> cpu = make_cpu_backend(), direct = make_cpu_backend({.winograd = false});
  Broken forward{*cpu, primitives[0]}, data{*cpu, primitives[1]}, weights{*cpu, primitives[2]};
  std::vector<ConvolutionPath> all() {
    return {{"direct", direct.get()}, {"exact", cpu.get()}, {"0", &forward}, {"1", &data}, {"2", &weights}};
  }
};

/// Every sound figure is small, every broken one is a thousandth; returns the primitives that were met.
std::set<std::string> check(const std::vector<ConvolutionErrors::Line>& lines) {
  std::set<std::string> met;
  for (const ConvolutionErrors::Line& line : lines) {
    CAPTURE(line.layer);
    CAPTURE(line.primitive);
    REQUIRE(line.errors.size() == 5);
    met.insert(line.primitive);
    for (size_t path = 0; path < 5; path++) {
      const NumberError& error = line.errors[path];
      CAPTURE(path);
      if (path >= 2 && line.primitive == primitives[path - 2]) {
        CHECK(error.relative_l2 == doctest::Approx(1e-3).epsilon(0.01));
        CHECK(error.largest >= 5e-4);
      } else {
        CHECK(error.relative_l2 > 0);  // f32 is not f64
        CHECK(error.relative_l2 < tolerance::winograd_f32);
        CHECK(error.largest < tolerance::winograd_f32);
      }
    }
  }
  return met;
}

}  // namespace

TEST_CASE("of VGG every convolution is measured, forward and data gradient") {
  Paths paths;
  const auto lines =
      vgg_errors(*paths.cpu, paths.all(), narrow::weights(preprocessing("caffe")), narrow::picture(1, 40, 40), narrow::picture(3, 32, 32));
  CHECK(check(lines) == std::set<std::string>{primitives[0], primitives[1]});
  REQUIRE(lines.size() == 20);  // ten convolutions up to relu4_3
  CHECK(lines.front().layer == "conv1_1");
  CHECK(lines[9].layer == "conv4_3");
  CHECK(lines.back().layer == "conv1_1");
  CHECK(lines.back().primitive == "conv2d_backward_data");
}

TEST_CASE("of a style network that learns every convolution is measured in every direction") {
  Paths paths;
  for (const char* text :
       {"transform:c9s1-8,d12,R12,u8,c9s1-3;padding=reflect", "transform:c9s1-8,c3s2-12,R12,n2-8,c9s1-3;padding=reflect"}) {
    CAPTURE(text);
    const auto weights = fresh_transform(transform_architecture(text), "unit", 4);
    const auto lines = transform_errors(*paths.cpu, paths.all(), weights, narrow::picture(1, 24, 24));
    CHECK(check(lines) == std::set<std::string>{primitives[0], primitives[1], primitives[2]});
    CHECK(lines.size() == 6 * 3 - 1);  // six convolutions; nobody asks for the photo's gradient
  }
}

TEST_CASE("what is added to is added to on every path, and nothing is measured while it is switched off") {
  const auto cpu = make_cpu_backend();
  ConvolutionErrors errors(*cpu, {{"exact", cpu.get()}});
  Tensor x(errors, {1, 16, 9, 10}, 8), w(errors, {16, 16, 3, 3}), y(errors, {1, 16, 9, 10}, 8);
  errors.random_normal(1, 0, x);
  errors.random_normal(2, 0, w);
  errors.random_normal(3, 0, y);
  const ConvParams same{.pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};
  const std::vector<double> before = to_host_f64(y);
  errors.conv2d(x, w, same, {}, {}, {y, true});
  REQUIRE(errors.lines().size() == 1);
  CHECK(errors.lines()[0].errors[0].relative_l2 < tolerance::winograd_f32);
  CHECK(to_host_f64(y) != before);
  errors.measuring = false;
  errors.conv2d_backward_data(y, w, same, nullptr, {x});
  CHECK(errors.lines().size() == 1);
}

TEST_CASE("errors of numbers: Euclidean and largest, and never quiet about what is not finite") {
  const NumberError error = number_error({3, 4, 0}, {3, 4.5, 0.5});
  CHECK(error.relative_l2 == doctest::Approx(std::sqrt(0.5 / (9 + 20.25 + 0.25))));
  CHECK(error.largest == doctest::Approx(0.5 / 4.5));
  CHECK(number_error({0, 0}, {0, 0}).relative_l2 == 0);
  CHECK(std::isinf(number_error({1}, {0}).relative_l2));
  CHECK(std::isinf(number_error({std::nan("")}, {0}).largest));
  CHECK(std::isinf(number_error({1, 2}, {1}).largest));
}

TEST_CASE("PSNR, and the middle of a picture") {
  Picture a = narrow::picture(1, 20, 12), b = a;
  CHECK(std::isinf(psnr(a, b)));
  for (float& value : b.rgb) value = value < 0.5f ? value + 0.1f : value - 0.1f;
  CHECK(psnr(a, b) == doctest::Approx(20).epsilon(1e-3));
  b = a;
  a.rgb[0] = 1;
  b.rgb[0] = 7;  // both are white
  CHECK(std::isinf(psnr(a, b)));
  CHECK_THROWS_AS(psnr(a, narrow::picture(1, 12, 20)), ShapeError);

  const Picture middle = middle_square(a, 12);
  CHECK(middle.width == 12);
  CHECK(middle.height == 12);
  for (int c = 0; c < 3; c++) CHECK(middle.rgb[size_t(c) * 144 + 5 * 12 + 7] == a.rgb[size_t(c) * 240 + 5 * 20 + 11]);
  CHECK(middle_square(a, 7).rgb.size() == 147);
}
