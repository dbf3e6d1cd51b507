// A square of L x L floats turned over in registers: log2(L) rounds, each of one shuffle a vector.
#pragma once
#include <utility>

#include "kernels/cpu/vector.h"

namespace impasto::vectors {

/// Lane i of the result: unit i / unit_lanes from a or b by turns, a's `first`, `first` + 2, ... units.
template <int L, int unit, int first, int... I>
[[gnu::always_inline]] inline Vector<L> by_turns(const Vector<L>& a, const Vector<L>& b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, (I / (2 * unit) * 2 * unit + first * unit + I % unit + I / unit % 2 * L)...);
}

/// The lower (or upper) halves of each four lanes of a and b, lane by lane by turns.
template <int L, int first, int... I>
[[gnu::always_inline]] inline Vector<L> zipped(const Vector<L>& a, const Vector<L>& b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, (I / 4 * 4 + first * 2 + I % 4 / 2 + I % 2 * L)...);
}

/// Exchanges the off-diagonal units of the vectors that lie `unit` apart.
template <int L, int unit>
[[gnu::always_inline]] inline void exchange(Vector<L>* v) {
  constexpr auto lanes = std::make_integer_sequence<int, L>();
#pragma GCC unroll 16
  for (int i = 0; i < L; i++) {
    if (i & unit) continue;
    const Vector<L> low = by_turns<L, unit, 0>(v[i], v[i + unit], lanes), high = by_turns<L, unit, 1>(v[i], v[i + unit], lanes);
    v[i] = low, v[i + unit] = high;
  }
}

template <int L>
[[gnu::always_inline]] inline void transpose(Vector<L>* v) {
  constexpr auto lanes = std::make_integer_sequence<int, L>();
  if constexpr (L > 8) exchange<L, 8>(v);
  exchange<L, 4>(v);
  // Squares of four: what follows are the shuffles that need no constant and no other half of the register.
#pragma GCC unroll 4
  for (int i = 0; i < L; i += 4) {
    const Vector<L> a = zipped<L, 0>(v[i], v[i + 1], lanes), b = zipped<L, 1>(v[i], v[i + 1], lanes);
    const Vector<L> c = zipped<L, 0>(v[i + 2], v[i + 3], lanes), d = zipped<L, 1>(v[i + 2], v[i + 3], lanes);
    v[i] = by_turns<L, 2, 0>(a, c, lanes), v[i + 1] = by_turns<L, 2, 1>(a, c, lanes);
    v[i + 2] = by_turns<L, 2, 0>(b, d, lanes), v[i + 3] = by_turns<L, 2, 1>(b, d, lanes);
  }
}

}  // namespace impasto::vectors
