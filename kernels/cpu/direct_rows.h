// Input rows made ready for the direct convolution: padded by index, masked, and brought into the order in which they are read,
// so that the inner loops know neither edges nor the layout of x.
//   interleaved  [column][C]: all that one kernel row needs of one output pixel lies together
//   planar       [C][pitch]:  neighbouring pixels are a vector
#pragma once
#include <algorithm>

#include "kernels/cpu/direct.h"
#include "kernels/cpu/transpose.h"
#include "kernels/shared/padding.h"

namespace impasto::direct {

/// A row of x in groups of X lanes. plane: floats from one group to the next; next: to the row below, which is fetched meanwhile.
struct Line {
  const float *x, *mask;
  std::size_t plane, next;
  int channels;
};

/// 0 where mask <= 0, if there is one.
template <int X>
[[gnu::always_inline]] inline vectors::Vector<X> masked(const float* x, const float* mask) {
  vectors::Vector<X> v, m;
  vectors::load<X>(v, x);
  if (!mask) return v;
  vectors::load<X>(m, mask);
  return m > 0.0f ? v : vectors::Vector<X>{};
}
[[gnu::always_inline]] inline float masked(const float* x, const float* mask) { return mask && !(*mask > 0) ? 0.0f : *x; }

struct Interleaved {
  static std::size_t column_step(int channels, std::size_t) { return channels; }

  static void clear(float* to, int channels, std::size_t, int columns) { std::fill_n(to, std::size_t(columns) * channels, 0.0f); }

  /// `count` pixels from `column` on; few at a time, so that what each group of lanes writes of them stays in the L1 cache.
  template <int X, bool with_mask>
  static void copy(const Line& from, int column, int count, float* to, std::size_t) {
    constexpr int few = 16;
    for (int j = 0; j < count; j += few) {
      copy_few<X, with_mask>(from, column + j, std::min(few, count - j), to + std::size_t(j) * from.channels);
    }
  }

 private:
  template <int X, bool with_mask>
  [[gnu::always_inline]] static void copy_few(const Line& from, int column, int count, float* to) {
    const int channels = from.channels;
    for (int first = 0; first < channels; first += X, to += X) {
      const std::size_t begin = first / X * from.plane + std::size_t(column) * X;
      const float *x = from.x + begin, *mask = with_mask ? from.mask + begin : nullptr;
      if (X > 1 && first + X <= channels) {
        for (int j = 0; j < count; j++) {
          __builtin_prefetch(x + from.next + j * X, 0, 2);
          vectors::store<X>(to + std::size_t(j) * channels, masked<X>(x + j * X, with_mask ? mask + j * X : nullptr));
        }
        continue;
      }
      const int lanes = std::min(X, channels - first);
      for (int j = 0; j < count; j++)
        for (int lane = 0; lane < lanes; lane++)
          to[std::size_t(j) * channels + lane] = masked(x + j * X + lane, with_mask ? mask + j * X + lane : nullptr);
    }
  }
};

struct Planar {
  static std::size_t column_step(int, std::size_t) { return 1; }

  static void clear(float* to, int channels, std::size_t pitch, int columns) {
    for (int c = 0; c < channels; c++) std::fill_n(to + c * pitch, columns, 0.0f);
  }

  template <int X, bool with_mask>
  static void copy(const Line& from, int column, int count, float* to, std::size_t pitch) {
    for (int first = 0; first < from.channels; first += X, to += X * pitch) {
      const std::size_t begin = first / X * from.plane + std::size_t(column) * X;
      const float *x = from.x + begin, *mask = with_mask ? from.mask + begin : nullptr;
      const int lanes = std::min(X, from.channels - first);
      int j = 0;
      if constexpr (X > 1) {
        for (; j + X <= count; j += X) {
          vectors::Vector<X> block[X];
#pragma GCC unroll 16
          for (int i = 0; i < X; i++) {
            __builtin_prefetch(x + from.next + (j + i) * X, 0, 2);
            block[i] = masked<X>(x + (j + i) * X, with_mask ? mask + (j + i) * X : nullptr);
          }
          vectors::transpose<X>(block);
#pragma GCC unroll 16
          for (int lane = 0; lane < X; lane++)
            if (lane < lanes) vectors::store<X>(to + lane * pitch + j, block[lane]);
        }
      }
      for (int lane = 0; lane < lanes; lane++)
        for (int i = j; i < count; i++) to[lane * pitch + i] = masked(x + i * X + lane, with_mask ? mask + i * X + lane : nullptr);
    }
  }
};

/// The columns of the padded picture that a ring holds: `count` from `first` on; `filled` counts the zeros that vectors read behind them.
struct Columns {
  int first, count, filled;
  std::size_t pitch;
};

/// Row `padded_row` of the padded picture; zeros below it, where a group of output rows ends outside.
template <class Order, int X, bool with_mask>
void prepare_row(const DirectShape& s, const float* x, const float* mask, int image, int padded_row, const Columns& columns, float* to) {
  const bool below = padded_row >= s.h + s.pad_top + s.pad_bottom;
  const int row = below ? -1 : padded_index(padded_row - s.pad_top, s.h, s.padding);
  if (row < 0) return Order::clear(to, s.c, columns.pitch, columns.filled);
  const std::size_t plane = std::size_t(s.h) * s.w * X, groups = (s.c + X - 1) / X;
  const std::size_t begin = image * groups * plane + std::size_t(row) * s.w * X;
  const Line line{x + begin, with_mask ? mask + begin : nullptr, plane, std::size_t(s.w) * X, s.c};
  const std::size_t step = Order::column_step(s.c, columns.pitch);
  const int shift = columns.first - s.pad_left;  // column of the picture where column 0 of the ring lies
  const int inside = std::clamp(-shift, 0, columns.count), outside = std::clamp(s.w - shift, inside, columns.count);
  Order::template copy<X, with_mask>(line, shift + inside, outside - inside, to + inside * step, columns.pitch);
  const auto edge = [&](int j) {
    const int column = padded_index(shift + j, s.w, s.padding);
    if (column < 0)
      Order::clear(to + j * step, s.c, columns.pitch, 1);
    else
      Order::template copy<X, with_mask>(line, column, 1, to + j * step, columns.pitch);
  };
  for (int j = 0; j < inside; j++) edge(j);
  for (int j = outside; j < columns.count; j++) edge(j);
  if (columns.filled > columns.count) Order::clear(to + columns.count * step, s.c, columns.pitch, columns.filled - columns.count);
}

using PrepareRow = void (*)(const DirectShape&, const float*, const float*, int, int, const Columns&, float*);

template <class Order>
PrepareRow row_preparer(int x_lanes, bool with_mask) {
  const auto choose = [&](PrepareRow plain, PrepareRow masked) { return with_mask ? masked : plain; };
  if (x_lanes == 1) return choose(prepare_row<Order, 1, false>, prepare_row<Order, 1, true>);
  if (x_lanes == 8) return choose(prepare_row<Order, 8, false>, prepare_row<Order, 8, true>);
  return choose(prepare_row<Order, 16, false>, prepare_row<Order, 16, true>);
}

}  // namespace impasto::direct
