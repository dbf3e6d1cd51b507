// The products of winograd_gemm.h in 16-bit fixed point, for machines where those are faster: integers of 15 bits with a step (a float) for
// each element's block of tiles and for each element's output channel. One instruction multiplies pairs of neighbouring channels and adds
// the two products as int32. Steps are taken from the numbers themselves, so nothing saturates and no sum can overflow: activations are
// at most largest_activation, and the weights' steps are the least for which |weights| of channels_a_sum channels keep the sum below 2^31.
#pragma once
#include <cstddef>
#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "kernels/cpu/winograd_gemm.h"

namespace impasto::winograd {

/// 14 bits for activations leave weights about 10; shorter integer sums leave them more, but each ends with an addition in f32.
inline constexpr int largest_activation = 1 << 14, channels_a_sum = 64;

/// out = round(v / step), largest magnitude largest_activation; returns the step. n: a multiple of 8. `out` may be where v is.
/// A NaN or an infinity among v gives a NaN, and thereby NaN products of the whole block.
float quantise(const float* v, std::size_t n, std::int16_t* out);

/// Weights of K output and C input channels: int16 pairs [block of 2 L output channels][elements][C padded / 2][2 L][2], a last block of
/// one vector narrower; then float steps [elements][K padded].
std::size_t pairs_count(int k, int c, int elements, int lanes);
std::size_t pairs_packed_bytes(int k, int c, int elements, int lanes);
/// Where the steps are: behind the pairs.
float* steps_behind(std::int16_t* pairs, int k, int c, int elements, int lanes);
const float* steps_behind(const std::int16_t* pairs, int k, int c, int elements, int lanes);
/// packed: the weights in f32 as winograd_pack_weights lays them out; pairs: pairs_packed_bytes, best at a multiple of 64 bytes.
/// An output channel with a NaN or infinite weight gets a NaN step.
void pack_pairs(const float* packed, int k, int c, int elements, int lanes, std::int16_t* pairs);

/// L pairs of int16, or L sums of int32.
template <int L>
using Integers = typename VectorOf<std::int32_t, L>::type;

/// Without this GCC first adds up the products of several channels, for which there are not enough registers.
template <class V>
[[gnu::always_inline]] inline void keep_order(V& sum) {
#if defined(__x86_64__)
  if constexpr (sizeof sum <= __BIGGEST_ALIGNMENT__) asm("" : "+v"(sum));
#endif
}

/// sum + both products of each pair.
template <int L>
[[gnu::always_inline]] inline Integers<L> add_products(Integers<L> sum, Integers<L> u, Integers<L> v) {
#if defined(__AVX512VNNI__)
  if constexpr (L == 16) {
    return (Integers<L>)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)u, (__m512i)v);
  }
#elif defined(__AVX512BW__)
  if constexpr (L == 16) {
    sum += (Integers<L>)_mm512_madd_epi16((__m512i)u, (__m512i)v);
    keep_order(sum);
    return sum;
  }
#endif
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
  if constexpr (L == 8) {
    return (Integers<L>)_mm256_dpwssd_epi32((__m256i)sum, (__m256i)u, (__m256i)v);
  }
#elif defined(__AVXVNNI__)
  if constexpr (L == 8) {
    return (Integers<L>)_mm256_dpwssd_avx_epi32((__m256i)sum, (__m256i)u, (__m256i)v);
  }
#elif defined(__AVX2__)
  if constexpr (L == 8) {
    sum += (Integers<L>)_mm256_madd_epi16((__m256i)u, (__m256i)v);
    keep_order(sum);
    return sum;
  }
#endif
  return sum + (u << 16 >> 16) * (v << 16 >> 16) + (u >> 16) * (v >> 16);
}

/// m[t][k] = sum over c of u[c][k] v[c / L][t][c % L], times both steps:  T tiles by K vectors of output channels, as multiply().
/// u: pairs [c / 2][k][2]; u_steps: one an output channel; v: of quantise().
template <int L, int T, int K>
void multiply_pairs(const std::int16_t* u, const float* u_steps, const std::int16_t* v, float v_step, int groups, float* m) {
  for (int first = 0, end; first < groups; first = end) {
    end = std::min(groups, first + channels_a_sum / L);
    Integers<L> sum[T][K] = {};
    for (int g = first; g < end; g++, v += T * L)
#pragma GCC unroll 4
      for (int c = 0; c < L; c += 2, u += 2 * K * L) {
        Integers<L> weights[K];
#pragma GCC unroll 2
        for (int k = 0; k < K; k++) {
          Integers<L> weight;
          std::memcpy(&weight, u + 2 * k * L, sizeof weight);
          keep_in_register(weight);
          weights[k] = weight;
        }
        __builtin_prefetch(u + 1024);  // two KiB ahead
#pragma GCC unroll 12
        for (int t = 0; t < T; t++) {
          std::int32_t pair;
          std::memcpy(&pair, v + t * L + c, sizeof pair);
          const Integers<L> pairs = pair - Integers<L>{};
#pragma GCC unroll 2
          for (int k = 0; k < K; k++) sum[t][k] = add_products<L>(sum[t][k], weights[k], pairs);
        }
      }
#pragma GCC unroll 12
    for (int t = 0; t < T; t++)
#pragma GCC unroll 2
      for (int k = 0; k < K; k++) {
        float* to = m + (t * K + k) * L;
        Vector<L> total = {}, step;
        if (first > 0) load<L>(total, to);
        total += __builtin_convertvector(sum[t][k], Vector<L>);
        load<L>(step, u_steps + k * L);
        if (end == groups) total = total * step * v_step;
        store<L>(to, total);
      }
  }
}

using MultiplyPairs = void (*)(const std::int16_t* u, const float* u_steps, const std::int16_t* v, float v_step, int groups, float* m);

/// The products for 1 to block_tiles tiles: entry t - 1.
template <int L, int K, int... T>
constexpr std::array<MultiplyPairs, sizeof...(T)> multiply_pairs_table(std::integer_sequence<int, T...>) {
  return {multiply_pairs<L, T + 1, K>...};
}
template <int L, int K>
inline constexpr auto multiply_pairs_by_tiles = multiply_pairs_table<L, K>(std::make_integer_sequence<int, block_tiles<L>>());

}  // namespace impasto::winograd
