#include "tools/precision.h"

#include <CLI/CLI.hpp>

#include "engine/error.h"

namespace impasto {
namespace {

// The 16-bit products of fast, whose pictures cannot be told apart (`impasto bench accuracy` measures them).
Precision automatic(const std::string& backend) { return {"auto", backend == "cpu"}; }

}  // namespace

Json Precision::json() const { return {{"asked", asked}, {"used", used()}}; }

CLI::Option* add_precision_option(CLI::App& command, std::string& word) {
  return command
      .add_option("--precision", word,
                  "exact: f32 throughout; fast: 16-bit products, on a GPU activations in bf16; auto: fast where no difference can be seen")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "exact", "fast"}));
}

Precision chosen_precision(const std::string& word, const std::string& backend) {
  if (word == "auto") return automatic(backend);
  if (word == "exact") return {word, false};
  if (backend == "reference") throw UsageError("--precision fast is for the cpu and cuda backends; the reference one is exact always");
  return {word, true};
}

}  // namespace impasto
