// How a kernel body is launched: the grid of blocks, the threads in each, the dynamic shared memory of each.
// The same figures start the kernel under CUDA and in the emulator, so host code computes them once.
#pragma once

#include <cstddef>

#include "engine/dtype.h"

namespace impasto {

struct Grid {
  int x = 1, y = 1, z = 1;
  int beside = 1;  // so many blocks, one after the other along y, work on numbers that lie beside each other: tiles of a group of lanes
};

/// What a CUDA block stands for. Where blocks of the grid work beside each other, a CUDA block takes several of them together, so that
/// neighbouring threads read neighbouring numbers: thread t has place t / together in block y = t % together.
/// Bodies whose grids have blocks beside each other use no block.shared().
struct Place {
  int together = 1;  // a power of two
  int first_y = 0;   // where this launch begins in the grid
  int grid_y = 0;    // of the whole grid; 0: that of the launch
};

inline constexpr int most_together = 4;  // 8 channels of f32 each: a cache line of 128 bytes

struct Launch {
  Grid grid;
  int threads = 256;             // in a block; a multiple of 32, at most 1024
  std::size_t shared_bytes = 0;  // the sum of shared_bytes<T>(count) over the body's calls of block.shared<T>(count)
  Place place = {};
};

inline constexpr std::size_t shared_alignment = 16;  // of every shared array: enough for the widest load, float4

/// Dynamic shared memory that one call of block.shared<T>(count) takes.
template <class T>
IMPASTO_BODY constexpr std::size_t shared_bytes(std::size_t count) {
  return (count * sizeof(T) + shared_alignment - 1) / shared_alignment * shared_alignment;
}

/// f(grid of CUDA blocks, place) for the launches that a grid takes: one, unless it has more than `most_rows` of them along y.
template <class F>
void for_launches(Grid grid, int most_rows, F f) {
  int together = 1;
  while (together < most_together && grid.beside % (2 * together) == 0 && grid.y % (2 * together) == 0) together *= 2;
  const int rows = grid.y / together;
  for (int first = 0; first < rows; first += most_rows) {
    const int left = rows - first;
    f(Grid{grid.x, left < most_rows ? left : most_rows, grid.z}, Place{together, first * together, grid.y});
  }
}

}  // namespace impasto
