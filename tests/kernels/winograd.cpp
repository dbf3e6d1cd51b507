// The Winograd convolutions against naive loops in f64: awkward shapes, both lane counts, every fusion, each number of threads.
#include "kernels/cpu/winograd.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engine/error.h"

namespace {
using namespace impasto;

constexpr double tolerance = 2e-5;  // L2-relative
const float not_a_number = std::numeric_limits<float>::quiet_NaN();

const WinogradShape shapes[] = {
    {1, 8, 8, 8, 8, 1, 1, 1, 1},      {1, 3, 5, 1, 7, 1, 1, 1, 1},     {2, 17, 5, 13, 11, 1, 1, 1, 1},  {1, 5, 17, 7, 1, 1, 1, 1, 1},
    {3, 16, 33, 6, 6, 0, 0, 0, 0},    {1, 1, 1, 1, 1, 1, 1, 1, 1},     {1, 1, 1, 3, 3, 0, 0, 0, 0},     {2, 24, 40, 9, 10, 2, 2, 2, 2},
    {1, 19, 23, 5, 29, 0, 1, 2, 1},   {2, 7, 3, 31, 2, 1, 2, 0, 0},    {1, 64, 48, 37, 41, 1, 1, 1, 1}, {5, 32, 16, 3, 3, 1, 1, 1, 1},
    {1, 300, 20, 23, 25, 1, 1, 1, 1}, {1, 20, 130, 2, 60, 1, 0, 1, 2}, {1, 1, 2, 1, 1, 2, 2, 2, 2},     {2, 12, 12, 67, 53, 1, 1, 1, 1},
};

const Padding reflect = Padding::reflect, replicate = Padding::replicate;
const WinogradShape repeating_shapes[] = {
    {2, 17, 5, 13, 11, 1, 1, 1, 1, reflect}, {1, 19, 23, 5, 29, 0, 1, 2, 1, reflect},   {1, 5, 8, 3, 3, 2, 2, 2, 2, reflect},
    {1, 3, 8, 2, 2, 1, 1, 1, 1, reflect},    {1, 20, 130, 3, 60, 1, 0, 1, 2, replicate}, {1, 1, 1, 1, 1, 2, 2, 2, 2, replicate},
    {2, 12, 12, 33, 35, 1, 2, 2, 1, reflect}, {1, 300, 20, 23, 25, 1, 1, 1, 1, replicate},
};

std::string name_of(const WinogradShape& s, int lanes) {
  std::string text;
  for (int i : {s.n, s.c, s.k, s.h, s.w, s.pad_top, s.pad_left, s.pad_bottom, s.pad_right, int(s.padding), lanes}) text += std::to_string(i) + " ";
  return text;
}

/// Planar [N, C, H, W].
struct Planar {
  int n, c, h, w;
  std::vector<float> values;

  Planar(int n, int c, int h, int w, unsigned seed) : n(n), c(c), h(h), w(w), values(std::size_t(n) * c * h * w) {
    std::mt19937 random(seed);
    std::normal_distribution<float> draw;
    for (float& v : values) v = draw(random);
  }
  std::size_t at(int in, int ic, int y, int x) const { return ((std::size_t(in) * c + ic) * h + y) * w + x; }
};

constexpr std::size_t guard = 64;  // NaN behind a buffer: to be left alone

/// [N, ceil(C/L), H, W, L], zero in the padding lanes.
std::vector<float> channel_inner(const Planar& p, int lanes) {
  const int groups = (p.c + lanes - 1) / lanes;
  std::vector<float> out(std::size_t(p.n) * groups * p.h * p.w * lanes + guard, 0.0f);
  for (int n = 0; n < p.n; n++)
    for (int c = 0; c < p.c; c++)
      for (int i = 0; i < p.h * p.w; i++)
        out[((std::size_t(n) * groups + c / lanes) * p.h * p.w + i) * lanes + c % lanes] = p.values[p.at(n, c, 0, 0) + i];
  std::fill(out.end() - guard, out.end(), not_a_number);
  return out;
}

struct Case {
  WinogradShape s;
  Planar x, y, dy, weights;

  explicit Case(const WinogradShape& s)
      : s(s),
        x(s.n, s.c, s.h, s.w, 1),
        y(s.n, s.k, s.out_h(), s.out_w(), 2),
        dy(s.n, s.k, s.out_h(), s.out_w(), 3),
        weights(s.k, s.c, 3, 3, 4) {}

  /// Calls visit(n, k, c, output y and x, kernel row and column, input y and x) for every product of the convolution.
  template <class Visit>
  void each_product(const Visit& visit) const {
    for (int n = 0; n < s.n; n++)
      for (int k = 0; k < s.k; k++)
        for (int c = 0; c < s.c; c++)
          for (int oy = 0; oy < s.out_h(); oy++)
            for (int ox = 0; ox < s.out_w(); ox++)
              for (int p = 0; p < 9; p++) {
                int iy = oy + p / 3 - s.pad_top, ix = ox + p % 3 - s.pad_left;
                if (s.padding == Padding::reflect) {
                  iy = std::min(std::abs(iy), 2 * (s.h - 1) - iy), ix = std::min(std::abs(ix), 2 * (s.w - 1) - ix);
                } else if (s.padding == Padding::replicate) {
                  iy = std::clamp(iy, 0, s.h - 1), ix = std::clamp(ix, 0, s.w - 1);
                }
                if (iy < 0 || ix < 0 || iy >= s.h || ix >= s.w) continue;
                visit(y.at(n, k, oy, ox), x.at(n, c, iy, ix), weights.at(k, c, 0, p));
              }
  }
};

double relative_error(const std::vector<float>& got, const std::vector<double>& want) {
  double wrong = 0, norm = 0;
  for (std::size_t i = 0; i < want.size(); i++) wrong += (got[i] - want[i]) * (got[i] - want[i]), norm += want[i] * want[i];
  return wrong == 0 ? 0 : std::sqrt(wrong / norm);
}

/// Compares channel-inner values with planar ones, and looks at the padding lanes and the guard.
void require_same(const std::vector<float>& got, const std::vector<double>& want, int n, int c, int h, int w, int lanes) {
  const int groups = (c + lanes - 1) / lanes;
  std::vector<float> planar(want.size());
  bool padding_zero = true, guarded = true;
  for (int in = 0; in < n; in++)
    for (int ic = 0; ic < groups * lanes; ic++)
      for (int i = 0; i < h * w; i++) {
        const float v = got[((std::size_t(in) * groups + ic / lanes) * h * w + i) * lanes + ic % lanes];
        if (ic < c)
          planar[(std::size_t(in) * c + ic) * h * w + i] = v;
        else
          padding_zero = padding_zero && v == 0.0f;
      }
  for (std::size_t i = got.size() - guard; i < got.size(); i++) guarded = guarded && std::isnan(got[i]);
  REQUIRE(padding_zero);
  REQUIRE(guarded);
  REQUIRE(relative_error(planar, want) < tolerance);
}

/// A workspace of exactly the promised size, full of NaN, off the cache line, with a guard.
class Workspace {
 public:
  explicit Workspace(std::size_t bytes) : values_(bytes / sizeof(float) + 1 + guard, not_a_number) {
    values_[values_.size() - guard] = 1.0f;
  }
  void* data() { return values_.data() + 1; }
  void require_untouched_guard() const {
    REQUIRE(values_[values_.size() - guard] == 1.0f);
    for (std::size_t i = values_.size() - guard + 1; i < values_.size(); i++) REQUIRE(std::isnan(values_[i]));
  }

 private:
  std::vector<float> values_;
};

std::vector<float> convolve(const WinogradShape& s, int lanes, const std::vector<float>& x, const std::vector<float>& oihw,
                            bool data_gradient, const WinogradFusion& fusion, int threads, const std::vector<float>* before = nullptr) {
  const int k = data_gradient ? s.c : s.k, c = data_gradient ? s.k : s.c, groups = (s.k + lanes - 1) / lanes;
  std::vector<float> packed(winograd_packed_size(k, c, lanes), not_a_number);
  winograd_pack_weights(oihw.data(), k, c, data_gradient, lanes, packed.data());
  std::vector<float> y(std::size_t(s.n) * groups * s.out_h() * s.out_w() * lanes + guard, not_a_number);
  if (before) y = *before;
  Workspace work(winograd_workspace(s, lanes, threads));
  winograd_convolve(s, lanes, x.data(), packed.data(), y.data(), fusion, work.data(), threads);
  work.require_untouched_guard();
  return y;
}

std::vector<float> weight_gradient(const Case& test, int lanes, bool masked, const std::vector<float>* before, int threads) {
  const WinogradShape& s = test.s;
  const auto x = channel_inner(test.x, lanes), dy = channel_inner(test.dy, lanes), mask = channel_inner(test.y, lanes);
  std::vector<float> dw(test.weights.values.size() + guard, not_a_number);
  if (before) std::copy(before->begin(), before->end(), dw.begin());
  Workspace work(winograd_weight_gradient_workspace(s, lanes));
  winograd_weight_gradient(s, lanes, x.data(), dy.data(), masked ? mask.data() : nullptr, dw.data(), before != nullptr, work.data(),
                           threads);
  work.require_untouched_guard();
  for (std::size_t i = dw.size() - guard; i < dw.size(); i++) REQUIRE(std::isnan(dw[i]));
  return dw;
}

template <class Shapes, class Test>
void for_every(const Shapes& these, const Test& test) {
  for (const WinogradShape& s : these)
    for (int lanes : {8, 16}) {
      CAPTURE(name_of(s, lanes));
      REQUIRE(winograd_supports(s, lanes));
      test(Case(s), lanes);
    }
}
template <class Test>
void for_every_shape(const Test& test) {
  for_every(shapes, test);
}

void check_forward(const Case& test, int lanes) {
  std::vector<double> want(test.y.values.size());
  test.each_product([&](auto y, auto x, auto w) { want[y] += double(test.x.values[x]) * test.weights.values[w]; });
  const auto y = convolve(test.s, lanes, channel_inner(test.x, lanes), test.weights.values, false, {}, 2);
  require_same(y, want, test.s.n, test.s.k, test.s.out_h(), test.s.out_w(), lanes);
}
}  // namespace

TEST_CASE("Winograd convolution equals the direct sum") { for_every_shape(check_forward); }

TEST_CASE("Winograd convolution with reflected or repeated pads equals the direct sum") { for_every(repeating_shapes, check_forward); }

TEST_CASE("Winograd convolution adds to what is there, then the bias, then ReLU") {
  for_every_shape([](const Case& test, int lanes) {
    const WinogradShape& s = test.s;
    const Planar bias(1, s.k, 1, 1, 5);
    for (const bool relu : {false, true}) {
      std::vector<double> want(test.dy.values.begin(), test.dy.values.end());
      for (std::size_t i = 0; i < want.size(); i++) want[i] += bias.values[i / (s.out_h() * s.out_w()) % s.k];
      test.each_product([&](auto y, auto x, auto w) { want[y] += double(test.x.values[x]) * test.weights.values[w]; });
      if (relu)
        for (double& v : want) v = std::max(v, 0.0);
      const auto before = channel_inner(test.dy, lanes);
      const auto y =
          convolve(s, lanes, channel_inner(test.x, lanes), test.weights.values, false, {bias.values.data(), true, relu}, 2, &before);
      require_same(y, want, s.n, s.k, s.out_h(), s.out_w(), lanes);
    }
  });
}

TEST_CASE("Winograd data gradient equals the direct sum, with dy masked by the saved output or not") {
  for_every_shape([](const Case& test, int lanes) {
    const WinogradShape& s = test.s;
    const auto dy = channel_inner(test.dy, lanes), saved = channel_inner(test.y, lanes);
    for (const bool masked : {false, true}) {
      std::vector<double> want(test.x.values.size());
      test.each_product([&](auto y, auto x, auto w) {
        if (!masked || test.y.values[y] > 0) want[x] += double(test.dy.values[y]) * test.weights.values[w];
      });
      WinogradFusion fusion;
      fusion.mask = masked ? saved.data() : nullptr;
      const auto dx = convolve(winograd_data_gradient(s), lanes, dy, test.weights.values, true, fusion, 2);
      require_same(dx, want, s.n, s.c, s.h, s.w, lanes);
    }
  });
}

TEST_CASE("Winograd weight gradient equals the direct sum, written or added, with dy masked or not") {
  for_every_shape([](const Case& test, int lanes) {
    const Planar before(test.s.k, test.s.c, 3, 3, 6);
    for (const bool masked : {false, true})
      for (const bool add : {false, true}) {
        std::vector<double> want(test.weights.values.size());
        if (add) want.assign(before.values.begin(), before.values.end());
        test.each_product([&](auto y, auto x, auto w) {
          if (!masked || test.y.values[y] > 0) want[w] += double(test.dy.values[y]) * test.x.values[x];
        });
        const auto dw = weight_gradient(test, lanes, masked, add ? &before.values : nullptr, 2);
        REQUIRE(relative_error(dw, want) < tolerance);
      }
  });
}

TEST_CASE("Winograd convolutions give the same bytes for any number of threads") {
  const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
  };
  for (const WinogradShape& s : {WinogradShape{2, 40, 24, 50, 38, 1, 1, 1, 1}, WinogradShape{1, 260, 24, 19, 21, 1, 1, 1, 1}})
    for (int lanes : {8, 16}) {
      const Case test(s);
      const auto x = channel_inner(test.x, lanes);
      const auto y = convolve(s, lanes, x, test.weights.values, false, {}, 1), dw = weight_gradient(test, lanes, true, nullptr, 1);
      for (int threads : {1, 2, 3, 5}) {
        REQUIRE(same(y, convolve(s, lanes, x, test.weights.values, false, {}, threads)));
        REQUIRE(same(dw, weight_gradient(test, lanes, true, nullptr, threads)));
      }
    }
}

TEST_CASE("Winograd ReLU lets a NaN through") {
  const Case test({1, 8, 8, 4, 4, 1, 1, 1, 1});
  auto x = channel_inner(test.x, 8);
  x[0] = not_a_number;
  WinogradFusion fusion;
  fusion.relu = true;
  REQUIRE(std::isnan(convolve(test.s, 8, x, test.weights.values, false, fusion, 1)[0]));
}

TEST_CASE("Winograd convolution refuses what it cannot do") {
  const WinogradShape good{1, 8, 8, 4, 4, 1, 1, 1, 1}, empty_batch{0, 8, 8, 4, 4, 1, 1, 1, 1}, no_output{1, 8, 8, 2, 4, 0, 1, 0, 1},
      wide_pad{1, 8, 8, 4, 4, 3, 1, 1, 1};
  REQUIRE(winograd_supports(good, 8));
  REQUIRE_FALSE(winograd_supports(good, 4));
  for (const WinogradShape& bad : {empty_batch, no_output, wide_pad}) {
    REQUIRE_FALSE(winograd_supports(bad, 8));
    REQUIRE_THROWS_AS(winograd_workspace(bad, 8, 1), ShapeError);
  }
}
