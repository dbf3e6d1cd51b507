// How a plane is cut for the grid: into segments of about 4096 pixels (whole rows where neighbours matter).
// The same cut on every backend and for every thread count, so that sums are the same bits however many threads run:
// a reduction is a partial result for each segment, combined in order by a second, small kernel.
#pragma once
#include <type_traits>

#include "kernels/shared/plane.h"

namespace impasto {

constexpr int kSegmentPixels = 4096;

struct Segment {
  int begin, end;
};

IMPASTO_BODY int segments_of(int pixels) { return (pixels + kSegmentPixels - 1) / kSegmentPixels; }
IMPASTO_BODY Segment segment(int pixels, int index) {
  const int begin = index * kSegmentPixels, end = begin + kSegmentPixels;
  return {begin, end < pixels ? end : pixels};
}

IMPASTO_BODY int rows_per_segment(int width) { return width < kSegmentPixels ? kSegmentPixels / width : 1; }
IMPASTO_BODY int row_segments_of(int height, int width) { return (height + rows_per_segment(width) - 1) / rows_per_segment(width); }
IMPASTO_BODY Segment row_segment(int height, int width, int index) {
  const int begin = index * rows_per_segment(width), end = begin + rows_per_segment(width);
  return {begin, end < height ? end : height};
}

/// f(row, column, pixel) for the pixels of a row segment, shared among the threads of the block.
template <class Block, class F>
IMPASTO_BODY void for_pixels(Block& block, int height, int width, int index, F f) {
  const Segment rows = row_segment(height, width, index);
  if constexpr (requires { typename Block::Serial; }) {
    for (int i = rows.begin; i < rows.end; i++) {
      for (int j = 0; j < width; j++) f(i, j, i * width + j);
    }
  } else {
    for (int p = rows.begin * width + block.rank(); p < rows.end * width; p += block.size()) f(p / width, p % width, p);
  }
}

constexpr int kFlat = 8;  // numbers a thread takes at once where the layout does not matter
constexpr int kFlatChunk = 16384;

// A planar tensor has one lane a pixel. Where a block is one thread, bodies take runs of eight neighbouring pixels of it instead: their
// f gets the width first, V numbers of one pixel or the eight of a run (Plane::load_run). The cut depends on the shape alone.

/// Whether V lanes, `stride` apart from pixel to pixel, may be taken in runs.
template <class Block, int V>
IMPASTO_BODY constexpr bool takes_runs(int stride) {
  if constexpr (V == 1 && requires { typename Block::Serial; }) return stride == 1;
  return false;
}

/// f(width, pixel) for the pixels of a segment.
template <int V, class Block, class F>
IMPASTO_BODY void for_runs(Block& block, Segment s, int stride, F f) {
  int begin = s.begin;
  if constexpr (V == 1) {
    if (takes_runs<Block, V>(stride)) {
      for (; begin + kFlat <= s.end; begin += kFlat) f(std::integral_constant<int, kFlat>{}, begin);
    }
  }
  for (int p = begin + block.rank(); p < s.end; p += block.size()) f(std::integral_constant<int, V>{}, p);
}

/// f(width, row, column, pixel) for the pixels of a row segment; runs stay within `columns`.
template <int V, class Block, class F>
IMPASTO_BODY void for_pixel_runs(Block& block, int height, int width, int stride, int index, Segment columns, F f) {
  constexpr std::integral_constant<int, V> one{};
  if constexpr (V == 1) {
    if (takes_runs<Block, V>(stride)) {
      const Segment rows = row_segment(height, width, index);
      for (int i = rows.begin; i < rows.end; i++) {
        int j = 0;
        for (; j < columns.begin && j < width; j++) f(one, i, j, i * width + j);
        for (; j + kFlat <= columns.end; j += kFlat) f(std::integral_constant<int, kFlat>{}, i, j, i * width + j);
        for (; j < width; j++) f(one, i, j, i * width + j);
      }
      return;
    }
  }
  for_pixels(block, height, width, index, [&](int i, int j, int p) { f(one, i, j, p); });
}

/// A sum over pixels, of single ones and of runs.
template <int V>
struct RunSum {
  Lanes<V> pixels{0.0f};
  Lanes<kFlat> runs{0.0f};
  template <int W>
  IMPASTO_BODY void add(Lanes<W> a) {
    if constexpr (W == V)
      pixels += a;
    else
      runs += a;
  }
  IMPASTO_BODY Lanes<V> sum() const {
    if constexpr (V == 1)
      return pixels + Lanes<V>(total(runs));
    else
      return pixels;
  }
};

/// What holds for a pixel, for a pixel or a run.
template <int W, int V>
IMPASTO_BODY Lanes<W> widened(Lanes<V> a) {
  if constexpr (W == V)
    return a;
  else
    return Lanes<W>(a[0]);
}

/// f(tag, i) for runs of tag.value numbers that cover chunk `chunk` of 0 .. count.
template <class Block, class F>
IMPASTO_BODY void for_flat_chunk(Block& block, int chunk, int64_t count, F f) {
  const int64_t begin = int64_t(chunk) * kFlatChunk;
  const int64_t end = begin + kFlatChunk < count ? begin + kFlatChunk : count;
  const int64_t whole = begin + (end - begin) / kFlat * kFlat;
  for (int64_t i = begin + block.rank() * kFlat; i < whole; i += block.size() * kFlat) f(std::integral_constant<int, kFlat>{}, i);
  for (int64_t i = whole + block.rank(); i < end; i += block.size()) f(std::integral_constant<int, 1>{}, i);
}
/// Grid (chunks).
template <class Block, class F>
IMPASTO_BODY void for_flat(Block& block, int64_t count, F f) {
  for_flat_chunk(block, block.x(), count, f);
}
inline int flat_chunks(int64_t count) { return int((count + kFlatChunk - 1) / kFlatChunk); }

}  // namespace impasto
