// Convolution weights between the two layouts that a library of channels-last kernels makes necessary: planar f32 [K, C / groups, R, S],
// which is what networks keep, and packed [K', R, S, C'] in the dtype of the activations. K' and C' count padding lanes too, whose
// weights are zeros, so that padding lanes of activations stay zeros. Grid (chunks of what is written).
#pragma once
#include "kernels/shared/dispatch.h"
#include "kernels/shared/launch.h"
#include "kernels/shared/segments.h"

namespace impasto {

struct WeightLayout {
  int k, c, r, s;          // of the planar weights
  int packed_k, packed_c;  // of the packed ones
  int packed_groups;       // groups of the convolution by the packed ones
  int rows;                // output channels of each block on the diagonal; k: the planar weights are a single block

  IMPASTO_BODY int64_t size() const { return int64_t(k) * c * r * s; }
  IMPASTO_BODY int64_t packed_size() const { return int64_t(packed_k) * r * s * packed_c; }
  /// Where the first planar channel of row k lies among the packed ones.
  IMPASTO_BODY int shift(int row) const { return row / rows * c; }
};

/// Channels with the padding lanes behind them, of activations in channels-last layout.
IMPASTO_BODY int padded_channels(int channels) { return (channels + 7) / 8 * 8; }

/// Padding lanes lie behind the last channel alone. So groups stay groups where no channel is padded; or where each has one channel in
/// and one out, for then padding lanes are groups of their own. What else has groups runs as one dense convolution, by weights with a
/// block on the diagonal for each group and zeros elsewhere: more products, the same sums.
inline WeightLayout weight_layout(int k, int c, int r, int s, int groups) {
  const int all_c = c * groups, wide_k = padded_channels(k), wide_c = padded_channels(all_c);
  if (groups == 1) return {k, c, r, s, wide_k, wide_c, 1, k};
  if (c == 1 && k == groups) return {k, c, r, s, wide_k, 1, wide_k, k};
  if (all_c == wide_c && k == wide_k) return {k, c, r, s, wide_k, c, groups, k};
  return {k, c, r, s, wide_k, wide_c, 1, k / groups};
}

constexpr int kWeightChunk = 2048;
inline int weight_chunks(int64_t size) { return int((size + kWeightChunk - 1) / kWeightChunk); }

template <class Block, class F>
IMPASTO_BODY void for_weights(Block& block, int64_t size, F f) {
  const int64_t begin = int64_t(block.x()) * kWeightChunk, end = begin + kWeightChunk < size ? begin + kWeightChunk : size;
  for (int64_t i = begin + block.rank(); i < end; i += block.size()) f(i);
}

template <class T>
struct PackWeightsBody {
  const float* w;
  T* packed;
  WeightLayout layout;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const WeightLayout& l = layout;
    for_weights(block, l.packed_size(), [&](int64_t i) {
      const int column = int(i % l.packed_c), tap = int(i / l.packed_c % (l.r * l.s)), row = int(i / l.packed_c / (l.r * l.s));
      const int channel = row < l.k ? column - l.shift(row) : -1;
      const bool is_weight = channel >= 0 && channel < l.c;
      packed[i] = T(is_weight ? w[(int64_t(row) * l.c + channel) * (l.r * l.s) + tap] : 0.0f);
    });
  }
};

/// Writes the gradient of the planar weights, or adds to it, from that of the packed ones.
template <class T>
struct UnpackWeightsBody {
  const T* packed;
  float* w;
  WeightLayout layout;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const WeightLayout& l = layout;
    for_weights(block, l.size(), [&](int64_t i) {
      const int tap = int(i % (l.r * l.s)), channel = int(i / (l.r * l.s) % l.c), row = int(i / (l.r * l.s) / l.c);
      put(w + i, load<1>(packed + (int64_t(row) * (l.r * l.s) + tap) * l.packed_c + l.shift(row) + channel), add);
    });
  }
};

/// packed: of layout.packed_size() numbers, f32 or bf16.
template <class Launcher>
void launch_pack_weights(const Launcher& launcher, const WeightLayout& layout, const Tensor& w, Tensor& packed) {
  for_dtype("packed weights", packed, [&](auto type) {
    using T = typename decltype(type)::type;
    launcher.launch(Grid{weight_chunks(layout.packed_size())}, PackWeightsBody<T>{w.data<float>(), packed.data<T>(), layout});
  });
}

template <class Launcher>
void launch_unpack_weights(const Launcher& launcher, const WeightLayout& layout, const Tensor& packed, Out dw) {
  for_dtype("packed weights", packed, [&](auto type) {
    using T = typename decltype(type)::type;
    launcher.launch(Grid{weight_chunks(layout.size())}, UnpackWeightsBody<T>{packed.data<T>(), dw.tensor.data<float>(), layout, dw.add});
  });
}

}  // namespace impasto
