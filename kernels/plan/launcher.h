// Launches nothing: with it the shared backend allocates exactly what a run would, and computes nothing.
#pragma once
#include "kernels/shared/launch.h"

namespace impasto {

struct PlanLauncher {
  template <class Body>
  void launch(Grid, const Body&) const {}
};

}  // namespace impasto
