// The products of the direct weight gradient: for vectors of wide channels and numbers of narrow ones, sums over a row of pixels that
// live in the registers. And the rows of the wide side made ready for them.
#pragma once
#include <algorithm>

#include "kernels/cpu/direct_columns.h"
#include "kernels/cpu/direct_plan.h"
#include "kernels/cpu/direct_products.h"

namespace impasto::direct {

/// sums[i][k] += sum over n pixels of wide[k][pixel] narrow[pixel * step + i]:  I numbers by K vectors. plane: floats to wide[k + 1].
template <int L, int I, int K>
void accumulate(const float* wide, std::size_t plane, const float* narrow, std::size_t step, int n, float* sums) {
  using V = Vector<L>;
  V sum[I][K];
#pragma GCC unroll 12
  for (int i = 0; i < I; i++)
#pragma GCC unroll 2
    for (int k = 0; k < K; k++) load<L>(sum[i][k], sums + (i * K + k) * L);
  for (int p = 0; p < n; p++, wide += L, narrow += step) {
    V pixel[K];
#pragma GCC unroll 2
    for (int k = 0; k < K; k++) {
      load<L>(pixel[k], wide + k * plane);
      keep_in_register(pixel[k]);
    }
#pragma GCC unroll 12
    for (int i = 0; i < I; i++)
#pragma GCC unroll 2
      for (int k = 0; k < K; k++) sum[i][k] += pixel[k] * narrow[i];
  }
#pragma GCC unroll 12
  for (int i = 0; i < I; i++)
#pragma GCC unroll 2
    for (int k = 0; k < K; k++) store<L>(sums + (i * K + k) * L, sum[i][k]);
}

using Accumulate = void (*)(const float*, std::size_t, const float*, std::size_t, int, float*);

template <int L, int K, int... I>
constexpr std::array<Accumulate, sizeof...(I)> accumulate_table(std::integer_sequence<int, I...>) {
  return {accumulate<L, I + 1, K>...};
}
/// For 1 to 12 numbers, fewer where there are not sums enough: entry I - 1.
template <int L, int K>
inline constexpr auto accumulate_numbers = accumulate_table<L, K>(std::make_integer_sequence<int, std::min(12, sums<L> / K)>());

/// All sums over a strip of `n` pixels of one row: [block of two vectors][depth][vectors of the block][L].
template <int L>
void accumulate_row(const float* wide, std::size_t plane, int vectors, const float* narrow, int channels, int depth, int n, float* sums) {
  for (int first = 0; first < vectors; first += block_vectors) {
    const int count = std::min(block_vectors, vectors - first);
    const auto run = [&](const auto& table) {
      const int blocks = vectors_of(depth, int(table.size()));
      for (int b = 0; b < blocks; b++) {
        const int i = part(depth, b, blocks), size = part(depth, b + 1, blocks) - i;
        table[size - 1](wide + first * plane, plane, narrow + i, channels, n, sums + (std::size_t(first) * depth + i * count) * L);
      }
    };
    if (count == block_vectors)
      run(accumulate_numbers<L, block_vectors>);
    else
      run(accumulate_numbers<L, 1>);
  }
}

/// The rows of one vector of wide channels that make a group; null: a row of zeros.
struct WideRows {
  const float *x[group_rows], *mask[group_rows];
};

/// `count` pixels from `column` of the picture on: of one row as they are, of four by Winograd's A d to each element, `step` apart.
template <int L, bool with_mask, bool winograd>
[[gnu::always_inline]] inline void copy_wide(const WideRows& rows, int column, int count, float* to, std::size_t step) {
  constexpr int height = winograd ? group_rows : 1;
  for (int j = 0; j < count; j++, to += L) {
    const std::size_t at = std::size_t(column + j) * L;
    Vector<L> d[group_rows], v[elements];
#pragma GCC unroll 4
    for (int i = 0; i < height; i++) d[i] = rows.x[i] ? masked<L>(rows.x[i] + at, with_mask ? rows.mask[i] + at : nullptr) : Vector<L>{};
    if constexpr (!winograd) {
      store<L>(to, d[0]);
    } else {
      transform_output_gradient(d, v);
#pragma GCC unroll 6
      for (int e = 0; e < elements; e++) store<L>(to + e * step, v[e]);
    }
  }
}

/// Pixels `begin` to `begin + n` of a group of rows from `row` on of the padded wide picture: [element][vector][plane].
template <int L, bool with_mask, bool winograd>
void prepare_wide(const DirectShape& s, const float* x, const float* mask, int image, int row, int begin, int n, float* to,
                  std::size_t plane) {
  const int vectors = vectors_of(s.c, L), height = winograd ? group_rows : 1;
  for (int vector = 0; vector < vectors; vector++, to += plane) {
    const std::size_t picture = (std::size_t(image) * vectors + vector) * s.h * s.w * L;
    WideRows rows{};
    for (int i = 0; i < height; i++) {
      const bool below = row + i >= s.h + s.pad_top + s.pad_bottom;
      const int from = below ? -1 : padded_index(row + i - s.pad_top, s.h, s.padding);
      if (from < 0) continue;
      rows.x[i] = x + picture + std::size_t(from) * s.w * L;
      if (with_mask) rows.mask[i] = mask + picture + std::size_t(from) * s.w * L;
    }
    const int shift = begin - s.pad_left;  // column of the picture where the strip begins
    const int inside = std::clamp(-shift, 0, n), outside = std::clamp(s.w - shift, inside, n);
    const std::size_t step = vectors * plane;
    copy_wide<L, with_mask, winograd>(rows, shift + inside, outside - inside, to + inside * L, step);
    const auto edge = [&](int j) {
      const int column = padded_index(shift + j, s.w, s.padding);
      copy_wide<L, with_mask, winograd>(column < 0 ? WideRows{} : rows, column, 1, to + j * L, step);
    };
    for (int j = 0; j < inside; j++) edge(j);
    for (int j = outside; j < n; j++) edge(j);
  }
}

using PrepareWide = void (*)(const DirectShape&, const float*, const float*, int, int, int, int, float*, std::size_t);

template <int L>
PrepareWide wide_preparer(bool with_mask, bool winograd) {
  if (winograd) return with_mask ? prepare_wide<L, true, true> : prepare_wide<L, false, true>;
  return with_mask ? prepare_wide<L, true, false> : prepare_wide<L, false, false>;
}

}  // namespace impasto::direct
