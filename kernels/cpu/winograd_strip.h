// A strip: a run of tiles, counted through the rows, columns and images of a batch, transformed together so that they stay in a cache.
#pragma once
#include <cstdint>

#include "kernels/cpu/winograd_task.h"

namespace impasto::winograd {

/// A strip of n tiles, cut into `blocks` nearly equal blocks.
struct Strip {
  long begin;
  int n, blocks;

  int first(int block) const { return int(long(block) * n / blocks); }
};

/// All tiles in nearly equal strips; none reaches from one image into the next if `by_image`.
struct Strips {
  long tiles;  // of an image, or of all
  int images;  // 1 if not by image
  int each;    // strips an image
  int block;   // tiles of a block, at most

  long count() const { return long(images) * each; }
  Strip operator[](long index) const {
    const long image = index / each, part = index % each;
    const long begin = tiles * part / each, n = tiles * (part + 1) / each - begin;
    return {image * tiles + begin, int(n), int((n + block - 1) / block)};
  }
  int longest() const { return int((tiles + each - 1) / each); }
};

/// Of `size` tiles at most. Strips of whole images are cut image by image.
inline Strips strips_of(const Task& task, int size, int block) {
  const long image = long(task.rows) * task.columns;
  const bool by_image = image >= size;
  const long tiles = by_image ? image : task.tiles();
  return {tiles, by_image ? task.n : 1, int((tiles + size - 1) / size), block};
}

/// The first whole cache line of a workspace; 64 bytes are reckoned for it.
inline float* first_line(void* workspace) {
  return reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(workspace) + 63) & ~std::uintptr_t(63));
}

/// An odd number of cache lines, so that the elements of a tile do not fall into the same set of the cache.
inline std::size_t odd_lines(std::size_t floats) { return ((floats + 15) / 16 | 1) * 16; }

/// Where a tile is; next() walks along the strip.
struct Position {
  int column, row, image, columns, rows;

  Position(const Task& task, long tile) : columns(task.columns), rows(task.rows) {
    column = int(tile % columns), row = int(tile / columns % rows), image = int(tile / columns / rows);
  }
  void next() {
    if (++column < columns) return;
    column = 0;
    if (++row < rows) return;
    row = 0, image++;
  }
};

}  // namespace impasto::winograd
