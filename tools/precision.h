// --precision, the same for every command that computes.
//   exact  f32 throughout
//   fast   coarser numbers: products of 16 bits in the convolutions of the cpu backend; on the cuda one activations in bf16, and TF32 in
//          the convolutions of what stays f32
//   auto   what has been measured to be faster and makes pictures that cannot be told apart: fast on the cpu backend, exact elsewhere
#pragma once
#include <string>

#include "tools/json_file.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace impasto {

/// What a word comes to on a backend.
struct Precision {
  std::string asked;
  bool fast;  // CpuOptions::fast, CudaOptions::bf16 and tf32

  std::string used() const { return fast ? "fast" : "exact"; }
  Json json() const;
};

/// Binds the flag; `word` must outlive the parsing and holds the default, "auto".
CLI::Option* add_precision_option(CLI::App& command, std::string& word);

/// backend: "cpu", "cuda" or "reference". Throws UsageError for fast on the reference backend.
Precision chosen_precision(const std::string& word, const std::string& backend = "cpu");

}  // namespace impasto
