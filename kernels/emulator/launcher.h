// Runs kernel bodies in their CUDA form in the emulator: the third launcher of the shared backend, for tests.
#pragma once
#include "kernels/emulator/emulator.h"

namespace impasto {

struct EmulatedLauncher {
  emulator::Settings settings;
  int threads = 64;  // two warps: enough for every rule, few enough to be quick
  template <class Body>
  void launch(Grid grid, const Body& body) const {
    emulator::launch(grid, threads, 0, body, settings);
  }
};

}  // namespace impasto
