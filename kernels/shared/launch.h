// How a kernel body is launched: the grid of blocks, the threads in each, the dynamic shared memory of each.
// The same figures start the kernel under CUDA and in the emulator, so host code computes them once.
#pragma once

#include <cstddef>

#include "engine/dtype.h"

namespace impasto {

struct Grid {
  int x = 1, y = 1, z = 1;
};

struct Launch {
  Grid grid;
  int threads = 256;             // in a block; a multiple of 32, at most 1024
  std::size_t shared_bytes = 0;  // the sum of shared_bytes<T>(count) over the body's calls of block.shared<T>(count)
};

inline constexpr std::size_t shared_alignment = 16;  // of every shared array: enough for the widest load, float4

/// Dynamic shared memory that one call of block.shared<T>(count) takes.
template <class T>
IMPASTO_BODY constexpr std::size_t shared_bytes(std::size_t count) {
  return (count * sizeof(T) + shared_alignment - 1) / shared_alignment * shared_alignment;
}

}  // namespace impasto
