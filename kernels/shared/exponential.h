// e^x - 1, tanh and the logistic function of whole lanes, without branches or calls, so that they are vectors on a CPU.
// x = n ln 2 + r, |r| <= ln 2 / 2; e^r - 1 by its series to the seventh power, whose remainder is below 2e-8 of it; then
// e^x - 1 = 2^n (e^r - 1) + (2^n - 1), which loses nothing near 0. Errors: 3e-7 of the value at most.
#pragma once
#include <cstdint>
#include <cstring>

#include "kernels/shared/lanes.h"

namespace impasto {

/// 2^n for the whole number n that was added to 1.5 * 2^23: it stands in the low bits of the sum.
template <int V>
IMPASTO_BODY Lanes<V> power_of_two(Lanes<V> n_shifted) {
  uint32_t bits[V];
  memcpy(bits, &n_shifted, sizeof bits);
  for (int i = 0; i < V; i++) bits[i] = (bits[i] << 23) + 0x3f800000u;
  Lanes<V> power;
  memcpy(&power, bits, sizeof bits);
  return power;
}

/// For x up to 88, and as for 88 beyond; NaN stays.
template <int V>
IMPASTO_BODY Lanes<V> exponential_less_one(Lanes<V> x) {
  constexpr float most = 88.0f, least = -87.0f, shift = 12582912.0f;  // 1.5 * 2^23: a sum with it is a whole number
  constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // the former has so few digits that n times it is exact
  x = select_positive(x - most, Lanes<V>(most), select_positive(Lanes<V>(least) - x, Lanes<V>(least), x));
  const Lanes<V> n_shifted = x * 1.44269504f + shift, n = n_shifted - shift, power = power_of_two(n_shifted);
  const Lanes<V> r = x - n * ln2_high - n * ln2_low;
  Lanes<V> series = r * (1.0f / 5040) + 1.0f / 720;
  series = series * r + 1.0f / 120;
  series = series * r + 1.0f / 24;
  series = series * r + 1.0f / 6;
  series = series * r + 0.5f;
  return power * (series * r * r + r) + (power - 1.0f);
}

template <int V>
IMPASTO_BODY Lanes<V> hyperbolic_tangent(Lanes<V> x) {
  const Lanes<V> e = exponential_less_one(x + x);
  return e / (e + 2.0f);
}

/// 1 / (1 + e^-x)
template <int V>
IMPASTO_BODY Lanes<V> logistic(Lanes<V> x) {
  return Lanes<V>(1.0f) / (exponential_less_one(Lanes<V>(0.0f) - x) + 2.0f);
}

}  // namespace impasto
