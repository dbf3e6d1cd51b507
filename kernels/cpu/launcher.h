// Runs kernel bodies on this machine's cores: a block is one thread's work, OpenMP shares out the blocks.
#pragma once
#include <omp.h>

#include <cstdint>

#include "kernels/shared/block.h"

namespace impasto {

class CpuLauncher {
 public:
  static constexpr int widest_tile = 16;
  template <class Body>
  void launch(Grid grid, const Body& body) const {
    const int64_t blocks = int64_t(grid.x) * grid.y * grid.z;
    const auto run = [&](int64_t i) {
      SerialBlock block(grid, int(i % grid.x), int(i / grid.x % grid.y), int(i / (int64_t(grid.x) * grid.y)));
      body(block);
    };
    if (blocks == 1) return run(0);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < blocks; i++) run(i);
  }
};

}  // namespace impasto
