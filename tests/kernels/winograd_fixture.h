// What the Winograd convolutions are compared with, naive loops in f64, and how they are called: with memory of just the promised size,
// full of NaN, and more NaN around it.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/cpu/winograd.h"
#include "tests/tolerance.h"

namespace winograd_tests {
using namespace impasto;

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t guard = 64;  // NaN behind a buffer: to be left alone

inline std::string name_of(const WinogradShape& s) {
  std::string text;
  for (int i : {s.n, s.c, s.k, s.h, s.w, s.kernel, s.stride, s.upsample, s.pad_top, s.pad_left, s.pad_bottom, s.pad_right, int(s.padding)})
    text += std::to_string(i) + " ";
  return text;
}

/// Planar [N, C, H, W] of numbers that are floats, or sums of them.
struct Planar {
  int n, c, h, w;
  std::vector<double> values;

  Planar(int n, int c, int h, int w) : n(n), c(c), h(h), w(w), values(std::size_t(n) * c * h * w, 0.0) {}
  Planar(int n, int c, int h, int w, unsigned seed) : Planar(n, c, h, w) {
    std::mt19937 random(seed);
    std::normal_distribution<float> draw;
    for (double& v : values) v = draw(random);
  }
  double* plane(int image, int channel) { return values.data() + (std::size_t(image) * c + channel) * h * w; }
  const double* plane(int image, int channel) const { return const_cast<Planar*>(this)->plane(image, channel); }
  std::vector<float> floats() const { return {values.begin(), values.end()}; }
};

/// Pixel of x that stands at i of an axis of `size` pixels, repeated and padded; -1: none.
inline int source(int i, int size, int upsample, Padding padding) {
  const int last = upsample * size - 1;
  if (padding == Padding::reflect) i = std::min(std::abs(i), 2 * last - i);
  if (padding == Padding::replicate) i = std::clamp(i, 0, last);
  return i < 0 || i > last ? -1 : i / upsample;
}

/// Calls visit(place in the padded plane, place in the plane) for every padded pixel that stands for one of x.
template <class Visit>
void each_padded(const WinogradShape& s, const Visit& visit) {
  const int h = s.upsample * s.h + s.pad_top + s.pad_bottom, w = s.upsample * s.w + s.pad_left + s.pad_right;
  for (int i = 0; i < h; i++)
    for (int j = 0; j < w; j++) {
      const int y = source(i - s.pad_top, s.h, s.upsample, s.padding), x = source(j - s.pad_left, s.w, s.upsample, s.padding);
      if (y >= 0 && x >= 0) visit(i * w + j, y * s.w + x);
    }
}

/// The picture that the kernel sees; and from its gradient that of x.
inline Planar padded(const WinogradShape& s, const Planar& x) {
  Planar out(s.n, s.c, s.upsample * s.h + s.pad_top + s.pad_bottom, s.upsample * s.w + s.pad_left + s.pad_right);
  for (int n = 0; n < s.n; n++)
    for (int c = 0; c < s.c; c++) each_padded(s, [to = out.plane(n, c), from = x.plane(n, c)](int i, int j) { to[i] = from[j]; });
  return out;
}
inline Planar unpadded(const WinogradShape& s, const Planar& picture) {
  Planar x(s.n, s.c, s.h, s.w);
  for (int n = 0; n < s.n; n++)
    for (int c = 0; c < s.c; c++) each_padded(s, [to = x.plane(n, c), from = picture.plane(n, c)](int i, int j) { to[j] += from[i]; });
  return x;
}

/// Calls visit(line of y, line of the padded picture, tap of the kernel) for all that belong together; line[i] meets picture[stride * i].
template <class Y, class Picture, class Kernel, class Visit>
void each_line(const WinogradShape& s, Y& y, Picture& picture, Kernel& kernel, const Visit& visit) {
  for (int n = 0; n < s.n; n++)
    for (int k = 0; k < s.k; k++)
      for (int c = 0; c < s.c; c++)
        for (int tap = 0; tap < s.kernel * s.kernel; tap++)
          for (int row = 0; row < s.out_h(); row++) {
            const std::size_t at = (row * s.stride + tap / s.kernel) * std::size_t(picture.w) + tap % s.kernel;
            visit(y.plane(n, k) + row * s.out_w(), picture.plane(n, c) + at, kernel.plane(k, c)[tap]);
          }
}

inline Planar forward(const WinogradShape& s, const Planar& x, const Planar& kernel) {
  const Planar picture = padded(s, x);
  Planar y(s.n, s.k, s.out_h(), s.out_w());
  each_line(s, y, picture, kernel, [&](double* line, const double* from, double tap) {
    for (int i = 0; i < s.out_w(); i++) line[i] += from[i * s.stride] * tap;
  });
  return y;
}
inline Planar data_gradient(const WinogradShape& s, const Planar& dy, const Planar& kernel) {
  Planar picture = padded(s, Planar(s.n, s.c, s.h, s.w));
  each_line(s, dy, picture, kernel, [&](const double* line, double* to, double tap) {
    for (int i = 0; i < s.out_w(); i++) to[i * s.stride] += line[i] * tap;
  });
  return unpadded(s, picture);
}
inline Planar weight_gradient(const WinogradShape& s, const Planar& x, const Planar& dy) {
  const Planar picture = padded(s, x);
  Planar dw(s.k, s.c, s.kernel, s.kernel);
  each_line(s, dy, picture, dw, [&](const double* line, const double* from, double& tap) {
    for (int i = 0; i < s.out_w(); i++) tap += line[i] * from[i * s.stride];
  });
  return dw;
}

/// x, or dy, with zeros where the mask is not positive.
inline Planar masked(Planar x, const Planar& mask) {
  for (std::size_t i = 0; i < x.values.size(); i++)
    if (!(mask.values[i] > 0)) x.values[i] = 0;
  return x;
}

/// [N, ceil(C/L), H, W, L], zero in the padding lanes.
inline std::vector<float> channel_inner(const Planar& p, int lanes) {
  const int groups = (p.c + lanes - 1) / lanes, area = p.h * p.w;
  std::vector<float> out(std::size_t(p.n) * groups * area * lanes + guard, 0.0f);
  for (int n = 0; n < p.n; n++)
    for (int c = 0; c < p.c; c++)
      for (int i = 0; i < area; i++) out[((std::size_t(n) * groups + c / lanes) * area + i) * lanes + c % lanes] = float(p.plane(n, c)[i]);
  std::fill(out.end() - guard, out.end(), not_a_number);
  return out;
}

/// Channel-inner values as planar ones of the size of `like`; looks at the padding lanes and the guard.
inline Planar planar(const std::vector<float>& values, const Planar& like, int lanes) {
  const int groups = (like.c + lanes - 1) / lanes, area = like.h * like.w;
  Planar out(like.n, like.c, like.h, like.w);
  bool padding_zero = true, guarded = true;
  for (int n = 0; n < like.n; n++)
    for (int c = 0; c < groups * lanes; c++)
      for (int i = 0; i < area; i++) {
        const float v = values[((std::size_t(n) * groups + c / lanes) * area + i) * lanes + c % lanes];
        if (c < like.c)
          out.plane(n, c)[i] = v;
        else
          padding_zero = padding_zero && v == 0.0f;
      }
  for (std::size_t i = values.size() - guard; i < values.size(); i++) guarded = guarded && std::isnan(values[i]);
  REQUIRE(padding_zero);
  REQUIRE(guarded);
  return out;
}

/// The largest difference to the largest number; NaN if there is one.
template <class Got, class Want>
double relative_error(const Got& got, const Want& want) {
  double wrong = 0, largest = 0;
  for (std::size_t i = 0; i < want.size(); i++) {
    const double difference = std::abs(got[i] - want[i]);
    if (!(difference <= wrong)) wrong = difference;
    if (std::isnan(wrong)) return wrong;
    largest = std::max(largest, std::abs(double(want[i])));
  }
  return wrong == 0 ? 0 : wrong / largest;
}

/// The difference's length to that of the wanted numbers; NaN if there is one.
template <class Got, class Want>
double relative_l2(const Got& got, const Want& want) {
  double wrong = 0, length = 0;
  for (std::size_t i = 0; i < want.size(); i++) {
    const double w = want[i], difference = got[i] - w;
    wrong += difference * difference, length += w * w;
  }
  return wrong == 0 ? 0 : std::sqrt(wrong / length);
}

/// In f32.
template <class Got, class Want>
void require_close(const Got& got, const Want& want) {
  REQUIRE(relative_error(got, want) < tolerance::winograd_f32);
  REQUIRE(relative_l2(got, want) < tolerance::winograd_l2);
}

/// Just so many bytes, full of NaN, off the cache line, with a guard.
class Workspace {
 public:
  explicit Workspace(std::size_t bytes) : values_(bytes / sizeof(float) + 1 + guard, not_a_number) {}
  void* data() { return values_.data() + 1; }
  void require_untouched_guard() const {
    REQUIRE(std::all_of(values_.end() - guard, values_.end(), [](float v) { return std::isnan(v); }));
  }

 private:
  std::vector<float> values_;
};

/// How a convolution is run; `before` is what y holds.
struct Run {
  int lanes = 8, threads = 2;
  WinogradProducts products = WinogradProducts::f32;
  WinogradFusion fusion = {};
  const Planar* before = nullptr;
};

inline Workspace packed_weights(WinogradPass pass, const WinogradShape& s, const Run& run, const Planar& kernel) {
  Workspace packed(winograd_packed_size(pass, s, run.lanes) * sizeof(float));
  winograd_pack_weights(pass, s, run.lanes, kernel.floats().data(), static_cast<float*>(packed.data()));
  packed.require_untouched_guard();
  if (run.products == WinogradProducts::f32) return packed;
  Workspace pairs(winograd_pairs_bytes(pass, s, run.lanes));
  winograd_pack_pairs(pass, s, run.lanes, static_cast<const float*>(packed.data()), pairs.data());
  pairs.require_untouched_guard();
  return pairs;
}

/// y (or dx) as it is written, channel-inner.
inline std::vector<float> convolve(WinogradPass pass, const WinogradShape& s, const Run& run, const std::vector<float>& x,
                                   const Planar& kernel) {
  const Planar y = pass == WinogradPass::forward ? Planar(s.n, s.k, s.out_h(), s.out_w()) : Planar(s.n, s.c, s.h, s.w);
  std::vector<float> out = channel_inner(run.before ? *run.before : y, run.lanes);
  if (!run.before) std::fill(out.begin(), out.end(), not_a_number);
  Workspace packed = packed_weights(pass, s, run, kernel), work(winograd_workspace(pass, s, run.lanes, run.products, run.threads));
  winograd_convolve(pass, s, run.lanes, run.products, x.data(), packed.data(), out.data(), run.fusion, work.data(), run.threads);
  work.require_untouched_guard();
  return out;
}

struct Case {
  WinogradShape s;
  Planar x, y, dy, kernel;

  explicit Case(const WinogradShape& s)
      : s(s),
        x(s.n, s.c, s.h, s.w, 1),
        y(s.n, s.k, s.out_h(), s.out_w(), 2),
        dy(s.n, s.k, s.out_h(), s.out_w(), 3),
        kernel(s.k, s.c, s.kernel, s.kernel, 4) {}
};

template <class Shapes, class Test>
void for_every(const Shapes& these, const Test& test) {
  for (const WinogradShape& s : these) {
    CAPTURE(name_of(s));
    test(Case(s));
  }
}

/// dw as it is written; run.fusion has its input and mask.
inline std::vector<float> gradient_of_weights(const Case& test, const Run& run) {
  const auto x = channel_inner(test.x, run.lanes), dy = channel_inner(test.dy, run.lanes);
  std::vector<float> dw(test.kernel.values.size() + guard, not_a_number);
  if (run.before) std::copy(run.before->values.begin(), run.before->values.end(), dw.begin());
  Workspace work(winograd_weight_gradient_workspace(test.s, run.lanes));
  winograd_weight_gradient(test.s, run.lanes, x.data(), run.fusion.input, dy.data(), run.fusion.mask, dw.data(), run.before != nullptr,
                           work.data(), run.threads);
  work.require_untouched_guard();
  REQUIRE(std::all_of(dw.end() - guard, dw.end(), [](float v) { return std::isnan(v); }));
  dw.resize(dw.size() - guard);
  return dw;
}

inline void require_close(const std::vector<float>& got, const Planar& want, int lanes) {
  require_close(planar(got, want, lanes).values, want.values);
}

}  // namespace winograd_tests
