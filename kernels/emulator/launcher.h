// Runs kernel bodies in their CUDA form in the emulator: the third launcher of the shared backend, for tests.
#pragma once
#include "kernels/emulator/emulator.h"

namespace impasto {

struct EmulatedLauncher {
  emulator::Settings settings;
  int threads = 64;    // two warps: enough for every rule, few enough to be quick
  int most_rows = 50;  // CUDA's limit is 65535; a small one has tests take more than one launch
  static constexpr int widest_tile = 8;
  template <class Body>
  void launch(Grid grid, const Body& body) const {
    for_launches(grid, most_rows, [&](Grid blocks, Place place) { emulator::launch({blocks, threads, 0, place}, body, settings); });
  }
};

}  // namespace impasto
