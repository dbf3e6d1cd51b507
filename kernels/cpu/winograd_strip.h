// A strip: a run of tiles, counted through the rows, columns and images of a batch, transformed together so that they stay in a cache.
#pragma once
#include <algorithm>
#include <cstdint>

#include "kernels/cpu/winograd.h"
#include "kernels/cpu/winograd_tiles.h"
#include "kernels/shared/padding.h"

namespace impasto::winograd {

/// A strip of n tiles, cut into `blocks` nearly equal blocks. columns, rows: tiles of one image.
struct Strip {
  int columns, rows;
  long begin;
  int n, blocks;

  int first(int block) const { return int(long(block) * n / blocks); }
};

inline int groups_of(int channels, int lanes) { return (channels + lanes - 1) / lanes; }
inline int tile_rows(const WinogradShape& s) { return (s.out_h() + tile - 1) / tile; }
inline int tile_columns(const WinogradShape& s) { return (s.out_w() + tile - 1) / tile; }
inline long tile_count(const WinogradShape& s) { return long(s.n) * tile_rows(s) * tile_columns(s); }

/// Part `index` of `count` of all tiles, in blocks of at most `block` tiles.
inline Strip strip_of(const WinogradShape& s, long index, long count, int block) {
  const long total = tile_count(s), begin = total * index / count, n = total * (index + 1) / count - begin;
  return {tile_columns(s), tile_rows(s), begin, int(n), int((n + block - 1) / block)};
}

/// Throws ShapeError unless winograd_supports the shape.
void require_supported(const WinogradShape& s, int lanes);

/// The first whole cache line of a workspace; 64 bytes are reckoned for it.
inline float* first_line(void* workspace) {
  return reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(workspace) + 63) & ~std::uintptr_t(63));
}

/// An odd number of cache lines, so that the 36 elements of a tile do not fall into the same set of the cache.
inline std::size_t odd_lines(std::size_t floats) { return ((floats + 15) / 16 | 1) * 16; }

/// Where a tile is; next() walks along the strip.
struct Position {
  int column, row, image, columns, rows;

  Position(const Strip& s, int tile_in_strip) : columns(s.columns), rows(s.rows) {
    const long t = s.begin + tile_in_strip;
    column = int(t % columns), row = int(t / columns % rows), image = int(t / columns / rows);
  }
  void next() {
    if (++column < columns) return;
    column = 0;
    if (++row < rows) return;
    row = 0, image++;
  }
};

/// Lines of a size x size piece of one plane [h][w][L] beginning at pixel (top, left), which may lie outside: there is what the padding
/// puts there. Points into the plane where it can, else into a copy. A mask goes with zero padding only.
template <int L, int size>
class Piece {
 public:
  const float* line[size];

  [[gnu::always_inline]] void read(const float* plane, const float* mask, int h, int w, int top, int left,
                                   Padding padding = Padding::zero) {
    const bool inside = top >= 0 && left >= 0 && top + size <= h && left + size <= w;
    const std::ptrdiff_t offset = (std::ptrdiff_t(top) * w + left) * L;
    if (inside && !mask) {
      for (int i = 0; i < size; i++) line[i] = plane + offset + std::ptrdiff_t(i) * w * L;
      return;
    }
    if (padding != Padding::zero) return repeat(plane, h, w, top, left, padding);
    if (!inside) std::memset(copy_, 0, sizeof copy_);
    const int i0 = std::max(0, -top), i1 = std::min(size, h - top), j0 = std::max(0, -left), j1 = std::min(size, w - left);
    for (int i = i0; i < i1; i++) {
      const std::ptrdiff_t at = offset + std::ptrdiff_t(i) * w * L;
      for (int j = j0; j < j1; j++) {
        Vector<L> v, m;
        load<L>(v, plane + at + j * L);
        if (mask) {
          load<L>(m, mask + at + j * L);
          v = m > 0.0f ? v : Vector<L>{};
        }
        store<L>(copy_[i][j], v);
      }
    }
    for (int i = 0; i < size; i++) line[i] = copy_[i][0];
  }

 private:
  void repeat(const float* plane, int h, int w, int top, int left, Padding padding) {
    // A last tile may reach beyond the padded picture, where any number will do.
    const auto source = [&](int i, int n) { return std::clamp(padded_index(i, n, padding), 0, n - 1); };
    for (int i = 0; i < size; i++) {
      const float* row = plane + std::ptrdiff_t(source(top + i, h)) * w * L;
      for (int j = 0; j < size; j++) std::memcpy(copy_[i][j], row + std::ptrdiff_t(source(left + j, w)) * L, L * sizeof(float));
      line[i] = copy_[i][0];
    }
  }

  alignas(64) float copy_[size][size][L];
};

/// B' d B of one channel group of a strip's tiles `from` to `to`; v: [36][tile][L].
template <int L>
void transform_input_tiles(const WinogradShape& s, const float* x, const float* mask, const Strip& strip, int group, int from, int to,
                           float* v, std::size_t stride) {
  const int groups = groups_of(s.c, L);
  Position at(strip, from);
  Piece<L, window> piece;
  for (int t = from; t < to; t++, at.next(), v += L) {
    const std::size_t plane = (std::size_t(at.image) * groups + group) * s.h * s.w * L;
    piece.read(x + plane, mask ? mask + plane : nullptr, s.h, s.w, at.row * tile - s.pad_top, at.column * tile - s.pad_left,
               s.padding);
    transform_input<L>(piece.line, v, stride);
  }
}

}  // namespace impasto::winograd
