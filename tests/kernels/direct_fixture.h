// What the tests of the direct convolutions and of their weight gradients share: problems, and tensors of numbers in any layout.
#pragma once
#include <algorithm>
#include <random>

#include "kernels/cpu/backend.h"
#include "tests/kernels/reference_fixture.h"

namespace impasto {

struct Problem {
  Shape x, w;
  ConvParams params;
  bool bias = false, add = false, relu = false;
  bool winograd = false;

  Shape y() const {
    return {x.n, w.n, (x.h + params.pad_top + params.pad_bottom - w.h) / params.stride_h + 1,
            (x.w + params.pad_left + params.pad_right - w.w) / params.stride_w + 1};
  }
  std::string text() const {
    std::string text = x.text() + " by " + w.text() + " stride";
    for (int i : {params.stride_h, params.stride_w}) text += " " + std::to_string(i);
    text += " pads";
    for (int i : {params.pad_top, params.pad_left, params.pad_bottom, params.pad_right, int(params.padding)}) {
      text += " " + std::to_string(i);
    }
    return text + (bias ? " bias" : "") + (add ? " add" : "") + (relu ? " relu" : "");
  }
};

inline ConvParams params_of(int stride, Pads pads, Padding padding) {
  return {.stride_h = stride, .stride_w = stride, .pad_top = pads.top, .pad_left = pads.left, .pad_bottom = pads.bottom,
          .pad_right = pads.right, .padding = padding};
}

/// Problems that random sizes would hardly meet: single pixels, pads as wide as they may be, several tiles and bands, skipped rows.
inline std::vector<Problem> chosen_problems() {
  const Padding zero = Padding::zero, reflect = Padding::reflect, replicate = Padding::replicate;
  return {
      {{1, 1, 1, 1}, {1, 1, 1, 1}, {}},
      {{1, 1, 1, 1}, {2, 1, 3, 3}, params_of(1, {1, 1, 1, 1}, zero)},
      {{1, 2, 1, 1}, {3, 2, 9, 9}, params_of(1, {4, 4, 4, 4}, zero)},
      {{1, 2, 1, 1}, {9, 2, 9, 9}, params_of(1, {4, 4, 4, 4}, replicate)},
      {{1, 3, 5, 5}, {4, 3, 9, 9}, params_of(1, {4, 4, 4, 4}, reflect)},
      {{2, 4, 2, 2}, {5, 4, 3, 3}, params_of(1, {1, 1, 1, 1}, reflect)},
      {{1, 3, 2, 1}, {2, 3, 2, 4}, params_of(1, {0, 7, 0, 6}, zero)},
      {{1, 3, 6, 7}, {17, 3, 3, 3}, params_of(1, {0, 2, 3, 0}, reflect), true, true, true},
      {{1, 5, 9, 9}, {8, 5, 1, 1}, params_of(3, {0, 0, 0, 0}, zero)},
      {{1, 64, 12, 200}, {3, 64, 9, 9}, params_of(1, {4, 4, 4, 4}, reflect), true},
      {{1, 64, 12, 200}, {17, 64, 3, 9}, params_of(2, {1, 4, 1, 4}, reflect), true},
      {{1, 3, 150, 40}, {3, 3, 3, 3}, params_of(1, {1, 1, 1, 1}, replicate)},
      {{3, 3, 150, 40}, {8, 3, 3, 3}, params_of(2, {1, 1, 1, 1}, reflect)},
  };
}

inline std::vector<Problem> random_problems(int count) {
  std::mt19937 random(1);
  const auto below = [&](int n) { return int(random() % unsigned(n)); };
  const auto one_of = [&](std::initializer_list<int> values) { return values.begin()[below(int(values.size()))]; };
  std::vector<Problem> problems;
  while (int(problems.size()) < count) {
    const int kernel = below(6), h = kernel == 4 ? 3 : one_of({1, 3, 5, 9}), w = kernel == 4 ? 5 : h, c = one_of({1, 3, 4, 5, 8, 17, 32});
    Problem p{{1 + below(2), c, 1 + below(14), 1 + below(45)}, {1 + below(below(2) ? 8 : 40), c, h, w}, {}};
    const auto pad = [&] { return below(h / 2 + 2); };
    p.params = params_of(1 + below(2), {pad(), pad(), pad(), pad()}, Padding(below(3)));
    if (below(8) == 0) p.params.stride_h = 3 - p.params.stride_h;
    p.bias = below(2), p.add = below(4) == 0, p.relu = below(4) == 0;
    const ConvParams& q = p.params;
    const bool reflected = std::max(q.pad_top, q.pad_bottom) < p.x.h && std::max(q.pad_left, q.pad_right) < p.x.w;
    const bool fits = p.x.h + q.pad_top + q.pad_bottom >= h && p.x.w + q.pad_left + q.pad_right >= w;
    if (fits && (reflected || q.padding != Padding::reflect)) problems.push_back(p);
  }
  return problems;
}

/// Whole numbers from -3 to 3, so that every sum is exact; or any number.
inline std::vector<float> numbers(const Shape& shape, unsigned seed, bool whole) {
  std::mt19937 random(seed);
  std::normal_distribution<float> draw;
  std::vector<float> values(size_t(shape.elements()));
  for (float& v : values) v = whole ? float(int(random() % 7u) - 3) : draw(random);
  return values;
}

/// On the CPU backend, whose fresh tensors hold NaN and whose overruns are counted.
inline Tensor laid_out(Bench& b, const Shape& shape, const std::vector<float>& values, int lanes) {
  const Tensor planar = from_host(*b.backend, shape, values.data());
  Tensor x(*b.backend, shape, lanes);
  b->convert(planar, {x});
  return x;
}

}  // namespace impasto
