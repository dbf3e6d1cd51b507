// Random numbers by position: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// A number depends on its key (the stream) and its position in it only, not on who draws it or in which order, so a
// picture of noise is the same on one thread, on many and on a GPU, bit for bit.
//
// For that, normal() avoids the library's log, sin and cos. Every product that meets a sum is an explicit fmaf: a
// compiler that contracts a * b + c on its own (GCC and nvcc do, across statements too) finds nothing to contract.
// It needs a correctly rounded sqrtf: no -ffast-math, no --use_fast_math. A caller's own arithmetic on the result
// (mean + sigma * z) is again the compiler's to contract.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#include "engine/dtype.h"

namespace impasto::random {

/// Four words: a counter, or the four results drawn from it.
struct Block {
  uint32_t word[4];
};

/// Ten rounds of Philox4x32.
IMPASTO_BODY Block philox(Block counter, uint32_t key0, uint32_t key1) {
  uint32_t c0 = counter.word[0], c1 = counter.word[1], c2 = counter.word[2], c3 = counter.word[3];
  for (int round = 0; round < 10; round++) {
    const uint64_t even = uint64_t(0xD2511F53u) * c0, odd = uint64_t(0xCD9E8D57u) * c2;
    c0 = uint32_t(odd >> 32) ^ c1 ^ key0;
    c1 = uint32_t(odd);
    c2 = uint32_t(even >> 32) ^ c3 ^ key1;
    c3 = uint32_t(even);
    key0 += 0x9E3779B9u;  // golden ratio
    key1 += 0xBB67AE85u;  // sqrt(3) - 1
  }
  return Block{{c0, c1, c2, c3}};
}

/// Positions 4 * index .. 4 * index + 3 of stream `key`.
IMPASTO_BODY Block block(uint64_t key, uint64_t index) {
  return philox(Block{{uint32_t(index), uint32_t(index >> 32), 0, 0}}, uint32_t(key), uint32_t(key >> 32));
}

/// 32 random bits: word position % 4 of block position / 4.
IMPASTO_BODY uint32_t bits(uint64_t key, uint64_t position) { return block(key, position / 4).word[position % 4]; }

/// Uniform in [0, 1): a multiple of 2^-24.
IMPASTO_BODY float uniform_from(uint32_t bits) { return float(bits >> 8) * 0x1p-24f; }
IMPASTO_BODY float uniform(uint64_t key, uint64_t position) { return uniform_from(bits(key, position)); }

/// The natural logarithm of (k + 1) / 2^24 for k < 2^24, within one unit of the last place.
/// Split into m 2^e with m in [sqrt(1/2), sqrt(2)), and Cephes' logf polynomial in m - 1.
IMPASTO_BODY float log_of_fraction(uint32_t k) {
  const float x = float(k + 1) * 0x1p-24f;
  uint32_t u;
  memcpy(&u, &x, 4);
  const uint32_t shifted = u - 0x3F3504F3u;  // sqrt(1/2): the exponent field now counts from there
  const int32_t e = int32_t(shifted) >> 23;
  u -= uint32_t(e) << 23;
  float m;
  memcpy(&m, &u, 4);
  const float t = m - 1.0f, z = t * t, exponent = float(e);
  float p = 7.0376836292e-2f;
  p = fmaf(p, t, -1.1514610310e-1f);
  p = fmaf(p, t, 1.1676998740e-1f);
  p = fmaf(p, t, -1.2420140846e-1f);
  p = fmaf(p, t, 1.4249322787e-1f);
  p = fmaf(p, t, -1.6668057665e-1f);
  p = fmaf(p, t, 2.0000714765e-1f);
  p = fmaf(p, t, -2.4999993993e-1f);
  p = fmaf(p, t, 3.3333331174e-1f);
  float small = fmaf(exponent, -2.12194440e-4f, (p * t) * z);  // ln 2 = 0.693359375 - 2.12e-4, the first part exact
  small = fmaf(-0.5f, z, small);
  return fmaf(exponent, 0.693359375f, t + small);
}

/// Cosine and sine of k / 2^24 turns for k < 2^24, within 1.1e-7. The quarter turn is taken off in integers, exactly.
struct CosSin {
  float cos, sin;
};
IMPASTO_BODY CosSin cos_sin_of_turn(uint32_t k) {
  const uint32_t quarter = (k + 0x200000u) >> 22;
  const float a = float(int32_t(k) - int32_t(quarter << 22)) * 3.7450704e-7f;  // 2 pi / 2^24; |a| <= pi / 4
  const float z = a * a;
  const float s = fmaf(a * z, fmaf(fmaf(-1.9515295891e-4f, z, 8.3321608736e-3f), z, -1.6666654611e-1f), a);
  const float c = fmaf(z * z, fmaf(fmaf(2.443315711809948e-5f, z, -1.388731625493765e-3f), z, 4.166664568298827e-2f), fmaf(-0.5f, z, 1.0f));
  const bool swapped = quarter & 1u, negative_cos = (quarter + 1u) & 2u, negative_sin = quarter & 2u;
  const float cos = swapped ? s : c, sin = swapped ? c : s;
  return {negative_cos ? -cos : cos, negative_sin ? -sin : sin};
}

/// Standard normal by Box and Muller: positions 2 q and 2 q + 1 are r cos(t) and r sin(t) of the words at 2 q and 2 q + 1,
/// r = sqrt(-2 log u), t = 2 pi v. |z| <= 5.77, since u >= 2^-24. Within 1e-6 (absolute) of the same in real numbers.
IMPASTO_BODY float normal_from(uint32_t radius_bits, uint32_t angle_bits, bool odd) {
  const float r = sqrtf(-2.0f * log_of_fraction(radius_bits >> 8));
  const CosSin t = cos_sin_of_turn(angle_bits >> 8);
  return r * (odd ? t.sin : t.cos);
}
IMPASTO_BODY float normal(uint64_t key, uint64_t position) {
  const Block b = block(key, position / 4);
  const bool upper = position & 2u;
  return normal_from(upper ? b.word[2] : b.word[0], upper ? b.word[3] : b.word[1], position & 1u);
}

}  // namespace impasto::random
