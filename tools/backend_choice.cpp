#include "tools/backend_choice.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "kernels/cpu/backend.h"
#include "kernels/cuda_module.h"
#include "kernels/reference/reference.h"
#include "tools/cache.h"

namespace impasto {

void add_backend_options(CLI::App& command, BackendChoice& choice, const std::string& group) {
  CLI::Option* const options[] = {
      command.add_option("--backend", choice.name, "auto (cuda where it works, else cpu), cpu, cuda or reference (slow: for checking)")
          ->capture_default_str()
          ->check(CLI::IsMember({"auto", "cpu", "cuda", "reference"})),
      command.add_flag("--deterministic", choice.deterministic,
                       "cuda: the same bytes in every run, without the convolutions that cannot promise it (cpu and reference always do)"),
      command.add_flag("--debug-sync", choice.debug_sync, "cuda: wait for each kernel, so that an error names the one that made it"),
      command.add_flag("--autotune", choice.autotune,
                       "cuda: time the ways of doing each new convolution, keep the fastest and remember it for later runs"),
      command.add_option("--tuned-plans", choice.tuned_plans,
                         "cuda: the file of what --autotune found, read without it too (default: with it, tuned_plans in the cache folder)")};
  for (CLI::Option* option : options)
    if (!group.empty()) option->group(group);
}

std::string chosen_backend(const std::string& asked) {
  if (asked == "auto") return cuda_status().works() ? "cuda" : "cpu";
  if (asked == "cuda" && !cuda_status().works())
    throw Error("--backend cuda cannot be had: " + cuda_status().problem + "; --backend cpu runs here");
  return asked;
}

namespace {

std::string tuned_plans(const BackendChoice& choice) {
  if (!choice.tuned_plans.empty() || !choice.autotune) return choice.tuned_plans;
  const std::string folder = cache_folder();
  std::error_code problem;  // of a folder that cannot be made the file will tell
  std::filesystem::create_directories(folder, problem);
  return folder + "/tuned_plans";
}

}  // namespace

std::unique_ptr<Backend> make_backend(const std::string& name, const Precision& precision, const BackendChoice& choice) {
  if (name == "reference") return make_reference_backend(Dtype::f64);
  if (name == "cuda")
    return make_cuda_backend({.tf32 = precision.fast,
                              .deterministic = choice.deterministic,
                              .debug_sync = choice.debug_sync,
                              .bf16 = precision.fast,
                              .autotune = choice.autotune,
                              .tuned_plans = tuned_plans(choice)});
  return make_cpu_backend({.fast = precision.fast});
}

Json device_json(const std::string& backend) { return backend == "cuda" ? Json(text_of(cuda_status().device)) : Json(); }

}  // namespace impasto
