// What `impasto optimize` writes down: losses and gradients step by step, and the whole run as JSON.
#pragma once
#include <string>
#include <vector>

#include "tools/optimize_options.h"

namespace impasto {

struct OptimizeReport {
  std::string network, backend, ending = {};
  int width = 0, height = 0;
  Painted painted = {};
  std::vector<OptimizeStep> history = {};  // losses before each step
  size_t pool_peak = 0;
};

/// seconds: of all steps alone; seconds_per_step and min_s: median and minimum at the last scale; peak_memory_bytes: of the process
/// (VmHWM).
void write_report(const OptimizeOptions& options, const OptimizeReport& report);
/// What --memory-plan found: bytes of tensors, and of everything else.
void write_plan(const OptimizeOptions& options, size_t pool, size_t program);

}  // namespace impasto
