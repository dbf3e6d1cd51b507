#include "tools/precision.h"

#include <CLI/CLI.hpp>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"

namespace impasto {
namespace {

// The 16-bit products of fast, whose pictures cannot be told apart (`impasto bench accuracy` measures them).
Precision automatic(bool reference) { return {"auto", !reference}; }

}  // namespace

Json Precision::json() const { return {{"asked", asked}, {"used", used()}}; }

CLI::Option* add_precision_option(CLI::App& command, std::string& word) {
  return command
      .add_option("--precision", word, "exact: f32 throughout; fast: 16-bit products; auto: fast where no difference can be seen")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "exact", "fast"}));
}

Precision chosen_precision(const std::string& word, const std::string& backend) {
  const bool reference = backend == "reference";
  if (word == "auto") return automatic(reference);
  if (word == "exact") return {word, false};
  if (reference) throw UsageError("--precision fast is for the cpu backend; the reference one is exact always");
  return {word, true};
}

std::unique_ptr<Backend> make_backend(const std::string& name, const Precision& precision) {
  if (name == "reference") return make_reference_backend(Dtype::f64);
  return make_cpu_backend({.fast = precision.fast});
}

}  // namespace impasto
