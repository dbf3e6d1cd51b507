// --backend, --deterministic, --debug-sync, --autotune and --tuned-plans, the same for every command that computes.
//   cpu        this processor
//   cuda       the GPU, by the CUDA module (kernels/cuda_module.h)
//   reference  plain loops in f64, for checking
//   auto       cuda where it works, else cpu
#pragma once
#include <memory>
#include <string>

#include "engine/backend.h"
#include "tools/precision.h"

namespace impasto {

struct BackendChoice {
  std::string name = "auto";
  bool deterministic = false, debug_sync = false, autotune = false;
  std::string tuned_plans = {};  // a file; empty: that of the cache folder, if there is autotuning
};

/// Binds the flags; `choice` must outlive the parsing and holds the default. group: "" is the options' own.
void add_backend_options(CLI::App& command, BackendChoice& choice, const std::string& group = "");

/// "cpu", "cuda" or "reference". Throws Error with the reason where cuda was asked for and cannot be had.
std::string chosen_backend(const std::string& asked);

/// name: of chosen_backend().
std::unique_ptr<Backend> make_backend(const std::string& name, const Precision& precision, const BackendChoice& choice = {});

/// For reports: what a backend runs on, null for those that run on the processor.
Json device_json(const std::string& backend);

}  // namespace impasto
