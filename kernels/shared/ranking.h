// The loss of pairs of pixels of which one shall be the larger (Backend::ranking).
#pragma once
#include <cmath>

#include "kernels/shared/segments.h"

namespace impasto {

/// An image's pairs: `count` places, as many others, as many relations.
struct RankedPairs {
  const float *x, *pairs;
  int count;
  IMPASTO_BODY int first(int k) const { return int(pairs[k]); }
  IMPASTO_BODY int second(int k) const { return int(pairs[count + k]); }
  IMPASTO_BODY float relation(int k) const { return pairs[2 * count + k]; }
  IMPASTO_BODY float difference(int k) const { return x[first(k)] - x[second(k)]; }
  /// log(1 + exp(-t)) without the overflow of large -t.
  IMPASTO_BODY float loss(int k) const {
    const float d = difference(k), r = relation(k), t = r * d;
    return r == 0 ? d * d : (t < 0 ? -t : 0) + log1pf(expf(-fabsf(t)));
  }
  IMPASTO_BODY float slope(int k) const {
    const float d = difference(k), r = relation(k), t = r * d, e = expf(-fabsf(t));
    return r == 0 ? 2 * d : -r * (t < 0 ? 1 : e) / (1 + e);
  }
};

IMPASTO_BODY RankedPairs pairs_of_image(const float* x, const float* pairs, int image, int pixels, int count) {
  return {x + int64_t(image) * pixels, pairs + int64_t(image) * 3 * count, count};
}

/// One partial a block. Grid (segments of pairs, 1, images).
struct RankingBody {
  const float *x, *pairs;
  float* partial;
  int pixels, count;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const RankedPairs ranked = pairs_of_image(x, pairs, block.z(), pixels, count);
    const Segment s = segment(count, block.x());
    Lanes<1> sum(0.0f);
    for (int k = s.begin + block.rank(); k < s.end; k += block.size()) sum[0] += ranked.loss(k);
    sum = block.sum(sum);
    if (block.rank() == 0) partial[block.z() * block.grid_x() + block.x()] = sum[0];
  }
};

/// Each thread has pixels of its own and looks through all pairs for them: no two write one number, and the order of sums is that of the
/// pairs. Grid (1, 1, images).
struct RankingBackwardBody {
  const float *x, *pairs, *dy;
  float* dx;
  int pixels, count;
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const RankedPairs ranked = pairs_of_image(x, pairs, block.z(), pixels, count);
    float* out = dx + int64_t(block.z()) * pixels;
    if (!add)
      for (int p = block.rank(); p < pixels; p += block.size()) out[p] = 0;
    const float factor = *dy * scale;
    for (int k = 0; k < count; k++) {
      const int a = ranked.first(k), b = ranked.second(k);
      const bool has_a = a % block.size() == block.rank(), has_b = b % block.size() == block.rank();
      if (!has_a && !has_b) continue;
      const float slope = factor * ranked.slope(k);
      if (has_a) out[a] += slope;
      if (has_b) out[b] -= slope;
    }
  }
};

}  // namespace impasto
