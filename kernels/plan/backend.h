// The planning backend: allocates what a run on the CPU backend would and computes nothing, so that its pool's peak is the
// memory of a run before the run. Untouched pages cost nothing. Numbers read back from it are all zero.
#pragma once
#include <memory>

#include "kernels/cpu/backend.h"

namespace impasto {

std::unique_ptr<Backend> make_plan_backend(CpuOptions options = {});

}  // namespace impasto
