// Launches nothing: with it the shared backend allocates exactly what a run would, and computes nothing.
#pragma once
#include "kernels/shared/launch.h"

namespace impasto {

struct PlanLauncher {
  static constexpr int widest_tile = 16;  // as the CPU's
  template <class Body>
  void launch(Grid, const Body&) const {}
};

}  // namespace impasto
