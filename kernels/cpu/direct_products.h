// The products of the direct convolution: blocks of pixels and output channels whose sums live in the registers, from a ring of
// prepared rows. 12 sums for the 16 registers of AVX2, 24 for the 32 of AVX-512. Each sum runs over kernel rows, then over what the
// order of the rows puts next, whatever the size of its block: how pixels are shared out never changes a byte.
#pragma once
#include <algorithm>
#include <array>
#include <utility>

#include "kernels/cpu/vector.h"

namespace impasto::direct {
using namespace vectors;

template <int L>
inline constexpr int sums = L == 16 ? 24 : 12;

/// R rows of `row` floats; the window of the kernel begins in row `first` and goes on at the ring's beginning.
struct Ring {
  const float* rows;
  std::size_t row;
  int count, first;

  const float* at(int i) const { return rows + (first + i) % count * row; }

  template <class F>
  [[gnu::always_inline]] void each_row(const F& f) const {
    for (int i = 0, at = first; i < count; i++) {
      f(rows + at * row);
      if (++at == count) at = 0;
    }
  }
};

/// What happens to the sums of one output row on their way to y. plane: floats between two vectors (or channels) of y.
struct Finish {
  float* y;
  std::size_t plane;
  const float* bias;  // padded with zeros to whole vectors
  bool add, relu;

  template <int L>
  [[gnu::always_inline]] Vector<L> operator()(const Vector<L>& sum, const Vector<L>& more, const float* before) const {
    Vector<L> v = sum + more;
    if (add) {
      Vector<L> held;
      load<L>(held, before);
      v += held;
    }
    if (relu) v = v < 0.0f ? Vector<L>{} : v;  // a NaN stays
    return v;
  }

  /// Writes the first `room` of the L floats to y.
  template <int L>
  [[gnu::always_inline]] void put(const Vector<L>& sum, const Vector<L>& more, float* y, int room) const {
    if (room >= L) return store<L>(y, operator()<L>(sum, more, y));
    float held[L] = {};
    std::memcpy(held, y, room * sizeof(float));
    store<L>(held, operator()<L>(sum, more, held));
    std::memcpy(y, held, room * sizeof(float));
  }
};

/// y[k][t][L] for T pixels and K vectors of output channels, from interleaved rows.
/// x: where the first pixel's window begins in a row; step: floats to the next pixel's; depth: S C, the width of a window in a row.
/// weights: [R][depth][K][L].
template <int L, int T, int K>
void multiply_pixels(const Ring& ring, std::size_t x, std::size_t step, int depth, const float* weights, const Finish& finish,
                     std::size_t to) {
  using V = Vector<L>;
  V sum[T][K] = {};
  ring.each_row([&](const float* row) __attribute__((always_inline)) {
    const float* pixel[(T + 2) / 3];  // every third: the two between are one and two steps away, an address the processor adds up
#pragma GCC unroll 4
    for (int t = 0; t < T; t += 3) pixel[t / 3] = row + x + t * step;
#pragma GCC unroll 2
    for (int i = 0; i < depth; i++, weights += K * L) {
      V weight[K];
#pragma GCC unroll 2
      for (int k = 0; k < K; k++) {
        load<L>(weight[k], weights + k * L);
        keep_in_register(weight[k]);
      }
#pragma GCC unroll 12
      for (int t = 0; t < T; t++)
#pragma GCC unroll 2
        for (int k = 0; k < K; k++) sum[t][k] += weight[k] * pixel[t / 3][t % 3 * step + i];
    }
  });
#pragma GCC unroll 2
  for (int k = 0; k < K; k++) {
    float* y = finish.y + k * finish.plane + to;
    V bias;
    load<L>(bias, finish.bias + k * L);
#pragma GCC unroll 12
    for (int t = 0; t < T; t++) store<L>(y + t * L, finish.operator()<L>(sum[t][k], bias, y + t * L));
  }
}

/// y[k][t L ...] for T vectors of neighbouring pixels and K planar output channels, from planar rows of `channels` times `pitch`.
/// weights: [R][C][S][K]. `pixels`: how many of the T L there are in y.
template <int L, int T, int K>
void multiply_columns(const Ring& ring, std::size_t x, std::size_t pitch, int channels, int taps, const float* weights,
                      const Finish& finish, int pixels) {
  using V = Vector<L>;
  constexpr bool weights_wait = K <= T;
  constexpr int few = weights_wait ? K : T, many = weights_wait ? T : K;
  V sum[K][T] = {};
  ring.each_row([&](const float* row) __attribute__((always_inline)) {
    const float* from = row + x;
    for (int c = 0; c < channels; c++, from += pitch)
      for (int s = 0; s < taps; s++, weights += K) {
        // The fewer of weights and pixels wait in registers, the others come one by one: beside the sums there is room for four.
        V wait[few];
#pragma GCC unroll 4
        for (int i = 0; i < few; i++) {
          if (weights_wait)
            wait[i] = weights[i] - V{};
          else
            load<L>(wait[i], from + s + i * L);
          keep_in_register(wait[i]);
        }
#pragma GCC unroll 12
        for (int j = 0; j < many; j++) {
          V come;
          if (weights_wait)
            load<L>(come, from + s + j * L);
          else
            come = weights[j] - V{};
          if (few > 1) keep_in_register(come);
#pragma GCC unroll 4
          for (int i = 0; i < few; i++) sum[weights_wait ? i : j][weights_wait ? j : i] += come * wait[i];
        }
      }
  });
#pragma GCC unroll 4
  for (int k = 0; k < K; k++) {
    const V bias = finish.bias[k] - V{};
#pragma GCC unroll 12
    for (int t = 0; t < T; t++) finish.put<L>(sum[k][t], bias, finish.y + k * finish.plane + x + t * L, pixels - t * L);
  }
}

using MultiplyPixels = void (*)(const Ring&, std::size_t, std::size_t, int, const float*, const Finish&, std::size_t);
using MultiplyColumns = void (*)(const Ring&, std::size_t, std::size_t, int, int, const float*, const Finish&, int);

template <int L, int K, int... T>
constexpr std::array<MultiplyPixels, sizeof...(T)> pixels_table(std::integer_sequence<int, T...>) {
  return {multiply_pixels<L, T + 1, K>...};
}
template <int L, int K, int... T>
constexpr std::array<MultiplyColumns, sizeof...(T)> columns_table(std::integer_sequence<int, T...>) {
  return {multiply_columns<L, T + 1, K>...};
}
/// For 1 to 12 pixels (or vectors of pixels), fewer where there are not sums enough: entry T - 1.
template <int L, int K>
inline constexpr auto multiply_by_pixels = pixels_table<L, K>(std::make_integer_sequence<int, std::min(12, sums<L> / K)>());
template <int L, int K>
inline constexpr auto multiply_by_columns = columns_table<L, K>(std::make_integer_sequence<int, std::min(12, sums<L> / K)>());

}  // namespace impasto::direct
