// The direct weight gradients against the reference backend: on whole numbers and so exactly, by Winograd within a bound; both sides as
// the wide one, every pair of layouts, awkward channels, kernels, pads and pictures, masks, sums added to, each number of threads.
#include "kernels/cpu/direct_weight_gradient.h"

#include <cstring>

#include "kernels/cpu/convolution.h"
#include "tests/kernels/direct_fixture.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

/// dy, what masks it, and what dw holds already.
Tensor given(Backend& backend, const Shape& s, unsigned seed, bool whole) {
  return from_host(backend, s, numbers(s, seed, whole).data());
}

std::vector<double> wanted(const Problem& p, bool masked, bool add, bool whole) {
  Bench reference;
  const Tensor x = given(*reference.backend, p.x, 1, whole), mask = given(*reference.backend, p.y(), 6, whole);
  Tensor dw = given(*reference.backend, p.w, 7, whole);
  reference->conv2d_backward_weights(x, given(*reference.backend, p.y(), 5, whole), p.params, {}, masked ? &mask : nullptr, {dw, add});
  return to_host_f64(dw);
}

Tensor found(Bench& b, const Problem& p, const DirectLanes& lanes, bool masked, bool add, int threads, bool whole) {
  const Tensor x = laid_out(b, p.x, numbers(p.x, 1, whole), lanes.x), dy = laid_out(b, p.y(), numbers(p.y(), 5, whole), lanes.y);
  const Tensor mask = laid_out(b, p.y(), numbers(p.y(), 6, whole), lanes.y);
  Tensor dw = add ? laid_out(b, p.w, numbers(p.w, 7, whole), 1) : b.planar(p.w);
  const DirectShape shape = direct_forward(p.params, x, dy, p.w, lanes.vector, p.winograd).shape;
  Tensor space = b.planar({1, 1, 1, int((direct_weight_gradient_workspace(shape, lanes, threads) + 3) / 4)});
  direct_weight_gradient(shape, lanes, x.data<float>(), dy.data<float>(), masked ? mask.data<float>() : nullptr, dw.data<float>(), add,
                         space.raw(), threads);
  return dw;
}

std::vector<Problem> problems() {
  std::vector<Problem> problems = chosen_problems();
  for (const Problem& p : random_problems(400)) problems.push_back(p);
  problems.push_back({{3, 3, 75, 90}, {16, 3, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect)});
  problems.push_back({{1, 16, 75, 90}, {3, 16, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect)});
  std::erase_if(problems, [](const Problem& p) { return p.params.stride_h != 1 || p.params.stride_w != 1; });
  return problems;
}

/// Calls f(lanes) for every layout that takes the problem; returns how many.
template <class F>
int for_layouts(const Problem& p, F f) {
  int count = 0;
  for (const int vector : {8, 16})
    for (const int x_lanes : {1, 8, 16})
      for (const int y_lanes : {1, 8, 16}) {
        const DirectLanes lanes{x_lanes, y_lanes, vector};
        const ConvParams& q = p.params;
        const DirectShape shape{p.x.n, p.x.c, p.w.n, p.x.h, p.x.w, p.w.h, p.w.w, 1, 1, q.pad_top, q.pad_left, q.pad_bottom, q.pad_right,
                                q.padding};
        if (!direct_weight_gradient_supports(shape, lanes)) continue;
        CAPTURE(x_lanes);
        CAPTURE(y_lanes);
        CAPTURE(vector);
        f(lanes);
        count++;
      }
  return count;
}

}  // namespace

TEST_CASE("direct weight gradients equal the reference exactly") {
  Bench b(make_cpu_backend());
  int index = 0, tried = 0;
  for (const Problem& p : problems()) {
    CAPTURE(p.text());
    const bool masked = index % 2, add = index++ % 3 == 0;
    const std::vector<double> expected = wanted(p, masked, add, true);
    tried += for_layouts(p, [&](const DirectLanes& lanes) {
      const Tensor dw = found(b, p, lanes, masked, add, 2, true);
      CHECK(to_host_f64(dw) == expected);
    });
  }
  CHECK(tried > 1000);
  CHECK(b->pool()->damaged() == 0);
}

TEST_CASE("direct weight gradients by Winograd down the columns equal the reference") {
  Bench b(make_cpu_backend());
  int index = 0, tried = 0;
  for (Problem p : problems()) {
    p.winograd = true;
    if (p.w.h % 3 != 0 || p.w.h == 3) continue;
    CAPTURE(p.text());
    const bool masked = index % 2, add = index++ % 3 == 0;
    const std::vector<double> expected = wanted(p, masked, add, false);
    double largest = 0;
    for (double v : expected) largest = std::max(largest, std::abs(v));
    tried += for_layouts(p, [&](const DirectLanes& lanes) {
      const Tensor dw = found(b, p, lanes, masked, add, 2, false);
      CHECK(filled(dw));
      CHECK(largest_difference(to_host_f64(dw), expected) <= tolerance::winograd_f32 * largest);
    });
  }
  CHECK(tried > 200);
  CHECK(b->pool()->damaged() == 0);
}

TEST_CASE("direct weight gradients are the same bytes for any number of threads") {
  Bench b(make_cpu_backend());
  for (const bool winograd : {false, true})
    for (Problem p : {Problem{{3, 3, 75, 90}, {17, 3, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect)},
                      Problem{{2, 17, 101, 70}, {4, 17, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::replicate)}}) {
      p.winograd = winograd;
      const int tried = for_layouts(p, [&](const DirectLanes& lanes) {
        const Tensor one = found(b, p, lanes, true, false, 1, false);
        for (const int threads : {2, 3, 7}) {
          const Tensor more = found(b, p, lanes, true, false, threads, false);
          CHECK(std::memcmp(one.raw(), more.raw(), one.bytes()) == 0);
        }
      });
      CHECK(tried > 3);
    }
}

TEST_CASE("the CPU backend's weight gradients of a style network's ends are those of the padded picture") {
  for (const bool winograd : {false, true})
    for (const Problem& p : {Problem{{1, 3, 30, 41}, {16, 3, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect)},
                             Problem{{1, 16, 30, 41}, {3, 16, 9, 9}, params_of(1, {4, 4, 4, 4}, Padding::reflect)}}) {
      Bench b(make_cpu_backend({.winograd = winograd}));
      const std::vector<double> expected = wanted(p, true, true, true);
      const auto tensor = [&](const Shape& s, unsigned seed) { return laid_out(b, s, numbers(s, seed, true), b->lanes_for(s.c)); };
      const Tensor x = tensor(p.x, 1), dy = tensor(p.y(), 5), mask = tensor(p.y(), 6);
      Tensor dw = laid_out(b, p.w, numbers(p.w, 7, true), 1);
      b->conv2d_backward_weights(x, dy, p.params, {}, &mask, {dw, true});
      double largest = 0;
      for (double v : expected) largest = std::max(largest, std::abs(v));
      CHECK(largest_difference(to_host_f64(dw), expected) <= (winograd ? tolerance::winograd_f32 * largest : 0));
    }
}

TEST_CASE("direct weight gradients leave what they cannot take to others") {
  const DirectShape plain{1, 3, 16, 8, 8, 9, 9, 1, 1, 4, 4, 4, 4, Padding::reflect};
  CHECK(direct_weight_gradient_supports(plain, {1, 8, 8}));
  CHECK(direct_weight_gradient_supports(plain, {16, 1, 16}));
  CHECK_FALSE(direct_weight_gradient_supports(plain, {1, 1, 8}));
  DirectShape many = plain, strided = plain;
  many.c = many.k = 64;
  strided.stride_w = 2;
  CHECK_FALSE(direct_weight_gradient_supports(many, {1, 8, 8}));
  CHECK_FALSE(direct_weight_gradient_supports(strided, {1, 8, 8}));
  CHECK_THROWS_WITH_AS(direct_weight_gradient_workspace(strided, {1, 8, 8}, 2), doctest::Contains("it needs stride 1"), ShapeError);
}
