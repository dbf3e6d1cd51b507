// The two ends of a product: tiles of a plane on their way in and out, for any scheme and for L lanes. They are compiled scheme by scheme
// (winograd_tiles_*.cpp) and reach the drivers as a table of functions.
#pragma once
#include "kernels/cpu/winograd_strip.h"
#include "kernels/cpu/winograd_transform.h"
#include "kernels/cpu/winograd_window.h"

namespace impasto::winograd {

/// Of the pixels that a strip writes to a plane: their mean and the sum of squares about it, a vector of channels each.
struct StripMoments {
  float *mean, *squares;  // [L]
};

/// What is done to a tile's outputs: y = relu([y +] sum + bias), and their moments (null: none).
struct OutputSide {
  const float* bias;  // [K] or null
  bool add, relu;
};

struct Tiles {
  /// B' d B of input group `group` of a strip's tiles `from` to `to`; v: [elements][tile][L].
  void (*input)(const Task&, const float* x, const WinogradInput&, const float* mask, const Strip&, int group, int from, int to, float* v,
                std::size_t stride);
  /// The inverse transform of the products of output group `group` into its pixels of y. m: [elements][tile][pitch].
  void (*output)(const Task&, const Strip&, int group, const float* m, std::size_t stride, int pitch, float* y, const OutputSide&,
                 const StripMoments*);
  /// A dy A' of one channel group of a strip's tiles `from` to `to`; d: [elements][tile][L].
  void (*output_gradient)(const Task&, const float* dy, const float* mask, const Strip&, int group, int from, int to, float* d,
                          std::size_t stride);
};
const Tiles& tiles_for(SchemeName scheme, int lanes);

namespace tiles {

template <int L>
Treatment<L> treatment(const WinogradInput& input, const float* mask, int image, int group, int channels) {
  Treatment<L> t;
  t.mask = mask;
  t.normed = input.scale || input.relu;
  t.relu = input.relu;
  t.scale += 1.0f;
  const std::size_t row = input.by_image ? std::size_t(image) * channels : 0;
  for (int l = 0; input.scale && l < L && group * L + l < channels; l++) {
    t.scale[l] = input.scale[row + group * L + l];
    t.shift[l] = input.shift[row + group * L + l];
  }
  return t;
}

/// Groups count the channels of the kernel's first piece, then those of the next: a piece `taps` further along the kernel reads windows
/// as much further along the picture.
template <class S, int L>
void input(const Task& task, const float* x, const WinogradInput& how, const float* mask, const Strip& strip, int group, int from, int to,
           float* v, std::size_t stride) {
  const int groups = groups_of(task.c, L), piece = group / groups, channels = group % groups;
  const int top = task.window_top + piece / task.blocks * S::taps, left = task.window_left + piece % task.blocks * S::taps;
  Position at(task, strip.begin + from);
  Window<L, S::in> window;
  Treatment<L> treat;
  for (int t = from, image = -1; t < to; t++, at.next(), v += L) {
    const std::size_t plane = (std::size_t(at.image) * groups + channels) * task.in_h * task.in_w * L;
    if (at.image != image) treat = treatment<L>(how, mask ? mask + plane : nullptr, image = at.image, channels, task.c);
    window.read(x + plane, treat, task.in_h, task.in_w, top + at.row * S::step, left + at.column * S::step, task.read);
    transform_input<S, L>(window.line, v, stride);
  }
}

template <class S, int L>
void output_gradient(const Task& task, const float* dy, const float* mask, const Strip& strip, int group, int from, int to, float* d,
                     std::size_t stride) {
  const int groups = groups_of(task.k, L);
  Position at(task, strip.begin + from);
  Window<L, S::out> window;
  for (int t = from; t < to; t++, at.next(), d += L) {
    const std::size_t plane = (std::size_t(at.image) * groups + group) * task.out_h * task.out_w * L;
    Treatment<L> treat;
    treat.mask = mask ? mask + plane : nullptr;
    window.read(dy + plane, treat, task.out_h, task.out_w, at.row * S::out, at.column * S::out, Padding::zero);
    transform_output_gradient<S, L>(window.line, d, stride);
  }
}

/// Sums of v - pivot and of its square, for moments without cancellation: the pivot is a value before y is added and ReLU.
template <int L>
struct Accumulator {
  Vector<L> pivot = {}, sum = {}, squares = {};
  int count = 0;

  [[gnu::always_inline]] void add(const Vector<L>& v) {
    const Vector<L> d = v - pivot;
    sum += d;
    squares += d * d;
  }
  void finish(const StripMoments& moments) const {
    const Vector<L> mean = sum / float(count);
    store<L>(moments.mean, pivot + mean);
    store<L>(moments.squares, squares - sum * mean);
  }
};

/// Adds to each line of the picture what the lines outside that stand for it hold: rows, or columns, of a tile whose line 0 is line `first`
/// of the picture's `size`.
template <int L, int out>
void fold_lines(Vector<L> (&tile)[out][out], bool rows, int first, int size, int before, int after, Padding fold) {
  for (int i = 0; i < out; i++) {
    const int at = first + i;
    if ((at >= 0 && at < size) || at < -before || at >= size + after) continue;
    const int to = padded_index(at, size, fold) - first;
    for (int j = 0; j < out; j++) {
      Vector<L>&from_value = rows ? tile[i][j] : tile[j][i], &to_value = rows ? tile[to][j] : tile[j][to];
      to_value += from_value;
    }
  }
}

/// Tiles wholly inside are written as they come; others wait in `tile`, to be folded and cut.
template <class S, int L, bool moments>
void output_tiles(const Task& task, const Strip& strip, int group, const float* m, std::size_t stride, int pitch, float* y,
                  const OutputSide& side, const StripMoments* wanted) {
  using V = Vector<L>;
  constexpr int out = S::out;
  const int h = task.out_h, w = task.out_w, groups = groups_of(task.k, L);
  const bool add = side.add, relu = side.relu;
  V bias = {};
  for (int lane = 0; side.bias && lane < L && group * L + lane < task.k; lane++) bias[lane] = side.bias[group * L + lane];
  Accumulator<L> sums;
  const auto put = [&](float* to, const V& sum) __attribute__((always_inline)) {
    V v = sum + bias;
    if (add) {
      V before;
      load<L>(before, to);
      v += before;
    }
    if (relu) v = v < 0.0f ? V{} : v;  // a NaN stays
    store<L>(to, v);
    if constexpr (moments) sums.add(v);
  };
  Position at(task, strip.begin);
  for (int t = 0; t < strip.n; t++, at.next(), m += pitch) {
    const int top = task.output_top + at.row * out, left = task.output_left + at.column * out;
    float* plane = y + (std::size_t(at.image) * groups + group) * h * w * L;
    float* line[out];
    for (int i = 0; i < out; i++) line[i] = plane + (std::ptrdiff_t(top + i) * w + left) * L;
    const bool inside = top >= 0 && left >= 0 && top + out <= h && left + out <= w;
    // The first tile gives the pivot, so it goes the long way.
    if (inside && !(moments && t == 0)) {
      transform_output<S, L>(
          m, stride, [&](int i, int j, const V& v) __attribute__((always_inline)) { put(line[i] + j * L, v); });
      if constexpr (moments) sums.count += out * out;
      continue;
    }
    V tile[out][out];
    transform_output<S, L>(
        m, stride, [&](int i, int j, const V& v) __attribute__((always_inline)) { tile[i][j] = v; });
    if (task.fold != Padding::zero) {
      fold_lines<L, out>(tile, true, top, h, task.fold_top, task.fold_bottom, task.fold);
      fold_lines<L, out>(tile, false, left, w, task.fold_left, task.fold_right, task.fold);
    }
    const int i0 = std::max(0, -top), i1 = std::min(out, h - top), j0 = std::max(0, -left), j1 = std::min(out, w - left);
    if (moments && t == 0) sums.pivot = tile[i0][j0] + bias;
    for (int i = i0; i < i1; i++)
      for (int j = j0; j < j1; j++) put(line[i] + j * L, tile[i][j]);
    if constexpr (moments) sums.count += std::max(0, i1 - i0) * std::max(0, j1 - j0);
  }
  if constexpr (moments) sums.finish(*wanted);
}

template <class S, int L>
void output(const Task& task, const Strip& strip, int group, const float* m, std::size_t stride, int pitch, float* y,
            const OutputSide& side, const StripMoments* wanted) {
  wanted ? output_tiles<S, L, true>(task, strip, group, m, stride, pitch, y, side, wanted)
         : output_tiles<S, L, false>(task, strip, group, m, stride, pitch, y, side, wanted);
}

}  // namespace tiles

template <class S, int L>
inline constexpr Tiles tiles_of{tiles::input<S, L>, tiles::output<S, L>, tiles::output_gradient<S, L>};

}  // namespace impasto::winograd
