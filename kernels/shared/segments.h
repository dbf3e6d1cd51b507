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

/// f(tag, i) for runs of tag.value numbers that cover chunk block.x() of 0 .. count.
template <class Block, class F>
IMPASTO_BODY void for_flat(Block& block, int64_t count, F f) {
  const int64_t begin = int64_t(block.x()) * kFlatChunk;
  const int64_t end = begin + kFlatChunk < count ? begin + kFlatChunk : count;
  const int64_t whole = begin + (end - begin) / kFlat * kFlat;
  for (int64_t i = begin + block.rank() * kFlat; i < whole; i += block.size() * kFlat) f(std::integral_constant<int, kFlat>{}, i);
  for (int64_t i = whole + block.rank(); i < end; i += block.size()) f(std::integral_constant<int, 1>{}, i);
}
inline int flat_chunks(int64_t count) { return int((count + kFlatChunk - 1) / kFlatChunk); }

}  // namespace impasto
