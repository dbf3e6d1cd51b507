// --precision, the same for every command that computes.
//   exact  f32 throughout
//   fast   16-bit products in the cpu backend's convolutions
//   auto   what has been measured to be faster and makes pictures that cannot be told apart; exact on the reference backend
#pragma once
#include <memory>
#include <string>

#include "engine/backend.h"
#include "tools/json_file.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace impasto {

/// What a word comes to on a backend.
struct Precision {
  std::string asked;
  bool fast;  // CpuOptions::fast

  std::string used() const { return fast ? "fast" : "exact"; }
  Json json() const;
};

/// Binds the flag; `word` must outlive the parsing and holds the default, "auto".
CLI::Option* add_precision_option(CLI::App& command, std::string& word);

/// backend: "auto", "cpu" or "reference". Throws UsageError for fast on the reference backend.
Precision chosen_precision(const std::string& word, const std::string& backend = "cpu");

/// "reference" computes in f64, all else is the cpu.
std::unique_ptr<Backend> make_backend(const std::string& name, const Precision& precision);

}  // namespace impasto
