// The direct convolutions against the reference backend: on whole numbers and so exactly, by Winograd within a bound; every pair of
// layouts, awkward channels, kernels, strides, pads and pictures, every fusion, each number of threads.
#include "kernels/cpu/direct.h"

#include <cstring>

#include "kernels/cpu/convolution.h"
#include "tests/kernels/direct_fixture.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

Tensor convolve(Bench& b, const DirectConvolution& direct, const Tensor& x, const Tensor& w, const DirectFusion& fusion, Tensor y,
                int threads) {
  Tensor packed = b.planar({1, 1, 1, int(direct_packed_size(direct.shape, direct.lanes))});
  direct_pack_weights(direct.shape, direct.lanes, w.data<float>(), direct.turned, packed.data<float>());
  Tensor space = b.planar({1, 1, 1, int((direct_workspace(direct.shape, direct.lanes, threads) + 3) / 4)});
  direct_convolve(direct.shape, direct.lanes, x.data<float>(), packed.data<float>(), y.data<float>(), fusion, space.raw(), threads);
  return y;
}

std::vector<double> wanted(const Problem& p, bool whole) {
  Bench reference;
  const Tensor x = from_host(*reference.backend, p.x, numbers(p.x, 1, whole).data());
  const Tensor w = from_host(*reference.backend, p.w, numbers(p.w, 2, whole).data());
  const Tensor bias = from_host(*reference.backend, {1, p.w.n, 1, 1}, numbers({1, p.w.n, 1, 1}, 3, whole).data());
  Tensor y = from_host(*reference.backend, p.y(), numbers(p.y(), 4, whole).data());
  reference->conv2d(x, w, p.params, {}, {.bias = p.bias ? &bias : nullptr, .relu = p.relu}, {y, p.add});
  return to_host_f64(y);
}

/// The convolution from x_lanes to y_lanes (1: planar, computed `vector` at a time).
Tensor found(Bench& b, const Problem& p, int x_lanes, int y_lanes, int vector, int threads, bool whole) {
  const Tensor x = laid_out(b, p.x, numbers(p.x, 1, whole), x_lanes), w = laid_out(b, p.w, numbers(p.w, 2, whole), 1);
  const Tensor bias = laid_out(b, {1, p.w.n, 1, 1}, numbers({1, p.w.n, 1, 1}, 3, whole), 1);
  const Tensor y = p.add ? laid_out(b, p.y(), numbers(p.y(), 4, whole), y_lanes) : Tensor(*b.backend, p.y(), y_lanes);
  return convolve(b, direct_forward(p.params, x, y, p.w, vector, p.winograd), x, w, {p.bias ? bias.data<float>() : nullptr, p.add, p.relu}, y,
                  threads);
}

bool serves(const Problem& p, int y_lanes) {
  return y_lanes > 1 || (p.w.n <= direct_planar_channels && p.params.stride_h == 1 && p.params.stride_w == 1);
}

/// Calls f(x lanes, y lanes, vector) for every layout that takes the problem.
template <class F>
void for_layouts(const Problem& p, F f) {
  for (const int x_lanes : {1, 8, 16})
    for (const int vector : {8, 16})
      for (const int y_lanes : {1, vector}) {
        if (!serves(p, y_lanes)) continue;
        CAPTURE(x_lanes);
        CAPTURE(y_lanes);
        CAPTURE(vector);
        f(x_lanes, y_lanes, vector);
      }
}

void check_exact(const std::vector<Problem>& problems) {
  Bench b(make_cpu_backend());
  for (const Problem& p : problems) {
    CAPTURE(p.text());
    const std::vector<double> expected = wanted(p, true);
    for_layouts(p, [&](int x_lanes, int y_lanes, int vector) {
      const Tensor y = found(b, p, x_lanes, y_lanes, vector, 2, true);
      CHECK(filled(y));
      CHECK(to_host_f64(y) == expected);
    });
  }
  CHECK(b->pool()->damaged() == 0);
}

/// Within `tolerance` of the largest number there is.
void check_close(const std::vector<Problem>& problems, double tolerance) {
  Bench b(make_cpu_backend());
  for (const Problem& p : problems) {
    CAPTURE(p.text());
    const std::vector<double> expected = wanted(p, false);
    double largest = 0;
    for (double v : expected) largest = std::max(largest, std::abs(v));
    for_layouts(p, [&](int x_lanes, int y_lanes, int vector) {
      const Tensor y = found(b, p, x_lanes, y_lanes, vector, 2, false);
      CHECK(filled(y));
      CHECK(largest_difference(to_host_f64(y), expected) <= tolerance * largest);
    });
  }
  CHECK(b->pool()->damaged() == 0);
}

}  // namespace

TEST_CASE("direct convolutions of chosen shapes equal the reference exactly") { check_exact(chosen_problems()); }

TEST_CASE("direct convolutions of random shapes equal the reference exactly") { check_exact(random_problems(300)); }

TEST_CASE("direct convolutions of any numbers equal the reference") {
  check_close({{{1, 32, 20, 21}, {3, 32, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect), true},
               {{2, 17, 20, 21}, {40, 17, 3, 3}, params_of(2, {1, 1, 1, 1}, Padding::zero), true}},
              tolerance::f32);
}

TEST_CASE("Winograd down the columns equals the reference: chosen shapes") {
  std::vector<Problem> problems = chosen_problems();
  std::erase_if(problems, [](const Problem& p) { return p.w.h % 3 != 0 || p.params.stride_h != 1; });
  for (Problem& p : problems) p.winograd = true;
  CHECK(problems.size() == 8);
  problems.push_back({{1, 2, 7, 11}, {3, 2, 6, 4}, params_of(1, {2, 1, 3, 2}, Padding::replicate), true, false, true, true});
  problems.push_back({{1, 3, 20, 30}, {20, 3, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect), true, true, true, true});
  problems.back().params.stride_w = 2;
  check_close(problems, tolerance::winograd_f32);
}

TEST_CASE("Winograd down the columns equals the reference: random shapes") {
  std::vector<Problem> problems = random_problems(600);
  std::erase_if(problems, [](const Problem& p) { return p.w.h % 3 != 0 || p.params.stride_h != 1; });
  for (Problem& p : problems) p.winograd = true;
  CHECK(problems.size() > 100);
  check_close(problems, tolerance::winograd_f32);
}

TEST_CASE("Winograd down the columns keeps six digits of a style network's ends") {
  const ConvParams params = params_of(1, {4, 4, 4, 4}, Padding::reflect);
  check_close({{{1, 3, 40, 90}, {32, 3, 9, 9}, params, true, false, false, true},
               {{1, 32, 40, 90}, {3, 32, 9, 9}, params, true, false, false, true}},
              3e-6);
}

TEST_CASE("direct convolutions are the same bytes for any number of threads") {
  Bench b(make_cpu_backend());
  for (const Problem& p : {Problem{{2, 5, 37, 70}, {7, 5, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect), true},
                           Problem{{1, 64, 12, 200}, {3, 64, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::zero)},
                           Problem{{1, 17, 61, 53}, {25, 17, 3, 3}, params_of(2, {1, 1, 1, 1}, Padding::replicate), false, false, true},
                           Problem{{2, 5, 38, 70}, {7, 5, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect), true, true, true, true},
                           Problem{{1, 64, 13, 200}, {3, 64, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::zero), true, false, false, true}}) {
    for_layouts(p, [&](int x_lanes, int y_lanes, int vector) {
      const Tensor one = found(b, p, x_lanes, y_lanes, vector, 1, false);
      for (const int threads : {2, 3, 7}) {
        const Tensor more = found(b, p, x_lanes, y_lanes, vector, threads, false);
        CHECK(std::memcmp(one.raw(), more.raw(), one.bytes()) == 0);
      }
    });
  }
}

TEST_CASE("the data gradient is a direct convolution by the turned kernel, of dy masked or not") {
  Bench b(make_cpu_backend());
  for (const Problem& p : {Problem{{2, 3, 9, 21}, {17, 3, 3, 3}, params_of(1, {1, 1, 1, 1}, Padding::zero)},
                           Problem{{1, 5, 6, 40}, {8, 5, 3, 5}, params_of(1, {0, 4, 2, 1}, Padding::zero)},
                           Problem{{1, 8, 12, 12}, {9, 8, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::zero)},
                           Problem{{1, 8, 13, 30}, {3, 8, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::zero)}}) {
    CAPTURE(p.text());
    for (const bool masked : {false, true})
      for (const bool add : {false, true}) {
        Bench reference;
        const auto original = [&](const Shape& s, unsigned seed) {
          return from_host(*reference.backend, s, numbers(s, seed, true).data());
        };
        const Tensor saved = original(p.y(), 6);
        Tensor expected = original(p.x, 7);
        reference->conv2d_backward_data(original(p.y(), 5), original(p.w, 2), p.params, masked ? &saved : nullptr, {expected, add});
        for (const int dy_lanes : {1, 8, 16})
          for (const int vector : {8, 16})
            for (const int dx_lanes : {1, vector})
              for (const bool winograd : {false, true}) {
                const Tensor dy = laid_out(b, p.y(), numbers(p.y(), 5, true), dy_lanes), w = laid_out(b, p.w, numbers(p.w, 2, true), 1);
                const Tensor mask = laid_out(b, p.y(), numbers(p.y(), 6, true), dy_lanes);
                const Tensor dx = add ? laid_out(b, p.x, numbers(p.x, 7, true), dx_lanes) : Tensor(*b.backend, p.x, dx_lanes);
                const DirectConvolution turned = direct_data_gradient(p.params, dx, dy, p.w, vector, winograd);
                convolve(b, turned, dy, w, {nullptr, add, false, masked ? mask.data<float>() : nullptr}, dx, 2);
                CHECK(filled(dx));
                CHECK(largest_difference(to_host_f64(dx), to_host_f64(expected)) <= (turned.shape.winograd ? 1e-3 : 0));
              }
      }
  }
  CHECK(b->pool()->damaged() == 0);
}

TEST_CASE("direct convolutions leave what they cannot take to others") {
  const DirectShape plain{1, 3, 4, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, Padding::reflect};
  CHECK(direct_supports(plain, {1, 8, 8}));
  CHECK(direct_supports(plain, {16, 1, 8}));
  CHECK_FALSE(direct_supports(plain, {8, 16, 8}));
  CHECK_FALSE(direct_supports(plain, {4, 8, 8}));
  DirectShape wide = plain, strided = plain, mirrored = plain, large = plain, tall = plain, even = plain;
  wide.k = direct_planar_channels + 1;
  strided.stride_w = 2;
  mirrored.pad_left = 8;
  large.r = 11;
  tall.winograd = even.winograd = true;
  even.r = 4;
  CHECK_FALSE(direct_supports(wide, {1, 1, 8}));
  CHECK_FALSE(direct_supports(strided, {1, 1, 8}));
  CHECK_FALSE(direct_supports(mirrored, {1, 8, 8}));
  CHECK_FALSE(direct_supports(large, {1, 8, 8}));
  CHECK(direct_supports(tall, {1, 8, 8}));
  CHECK_FALSE(direct_supports(even, {1, 8, 8}));
  tall.stride_h = 2;
  CHECK_FALSE(direct_supports(tall, {1, 8, 8}));
  CHECK_THROWS_WITH_AS(direct_workspace(wide, {1, 1, 8}, 2), doctest::Contains("at most 8 channels"), ShapeError);
}

TEST_CASE("tensors of few channels are planar on the CPU") {
  const auto eight = make_cpu_backend({.lanes = 8}), sixteen = make_cpu_backend({.lanes = 16}), one = make_cpu_backend({.lanes = 1});
  for (const int channels : {1, 3, 4}) CHECK(eight->lanes_for(channels) == 1);
  for (const int channels : {5, 8, 17}) CHECK(eight->lanes_for(channels) == 8);
  CHECK(sixteen->lanes_for(8) == 1);
  CHECK(sixteen->lanes_for(9) == 16);
  CHECK(one->lanes_for(64) == 1);
}
