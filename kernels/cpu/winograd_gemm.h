// The products of the Winograd convolution: small matrix products that live in the registers.
// A vector holds L output channels; the other factor is broadcast from memory, so neither operand is ever transposed.
#pragma once
#include <array>
#include <utility>

#include "kernels/cpu/vector.h"

namespace impasto::winograd {
using namespace vectors;

/// Output vectors and tiles a block: 2 x 6 accumulators for the 16 registers of AVX2, 2 x 12 for the 32 of AVX-512.
inline constexpr int output_vectors = 2;
template <int L>
inline constexpr int block_tiles = L == 16 ? 12 : 6;

/// m[t][k] = sum over c of u[c][k] v[c / L][t][c % L]:  T tiles by K vectors of output channels.
template <int L, int T, int K>
void multiply(const float* u, const float* v, int groups, float* m) {
  using V = Vector<L>;
  V sum[T][K] = {};
  for (int g = 0; g < groups; g++, v += T * L)
#pragma GCC unroll 4
    for (int c = 0; c < L; c++, u += K * L) {
      V weight[K];
#pragma GCC unroll 2
      for (int k = 0; k < K; k++) {
        load<L>(weight[k], u + k * L);
        keep_in_register(weight[k]);
      }
      __builtin_prefetch(u + 512);  // the weights stream from the outer caches: two KiB ahead
#pragma GCC unroll 12
      for (int t = 0; t < T; t++)
#pragma GCC unroll 2
        for (int k = 0; k < K; k++) sum[t][k] += weight[k] * v[t * L + c];
    }
#pragma GCC unroll 12
  for (int t = 0; t < T; t++)
#pragma GCC unroll 2
    for (int k = 0; k < K; k++) store<L>(m + (t * K + k) * L, sum[t][k]);
}

using Multiply = void (*)(const float* u, const float* v, int groups, float* m);

/// The products for 1 to block_tiles tiles: entry t - 1.
template <int L, int K, int... T>
constexpr std::array<Multiply, sizeof...(T)> multiply_table(std::integer_sequence<int, T...>) {
  return {multiply<L, T + 1, K>...};
}
template <int L, int K>
inline constexpr auto multiply_by_tiles = multiply_table<L, K>(std::make_integer_sequence<int, block_tiles<L>>());

/// Input channels and most output vectors a block of the weight gradient: 4 x 3 accumulators for AVX2, 8 x 3 for AVX-512.
inline constexpr int gradient_vectors = 3;
template <int L>
inline constexpr int gradient_channels = L == 16 ? 8 : 4;

/// u[c][k] (+)= sum over n tiles of v[t][c] d[k][t]:  gradient_channels<L> input channels by K vectors of output channels.
/// pitch: floats from d[k] to d[k + 1]. Sums start at zero and are then added: that loses less than one sum over all tiles would.
template <int L, int K>
void accumulate(const float* v, const float* d, std::size_t pitch, int n, bool add, float* u) {
  using V = Vector<L>;
  constexpr int C = gradient_channels<L>;
  V sum[C][K] = {};
  for (int t = 0; t < n; t++, v += L, d += L) {
    V gradient[K];
#pragma GCC unroll 3
    for (int k = 0; k < K; k++) {
      load<L>(gradient[k], d + k * pitch);
      keep_in_register(gradient[k]);
    }
#pragma GCC unroll 8
    for (int c = 0; c < C; c++)
#pragma GCC unroll 3
      for (int k = 0; k < K; k++) sum[c][k] += gradient[k] * v[c];
  }
#pragma GCC unroll 8
  for (int c = 0; c < C; c++)
#pragma GCC unroll 3
    for (int k = 0; k < K; k++) {
      float* to = u + (c * K + k) * L;
      V before = {};
      if (add) load<L>(before, to);
      store<L>(to, before + sum[c][k]);
    }
}

}  // namespace impasto::winograd
