#include "tools/precision.h"

#include <CLI/CLI.hpp>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"

namespace impasto {
namespace {

// Elsewhere bf16 is converted back and forth around every convolution, which takes longer than it saves.
bool stores_bf16_at_speed() { return cpu_has_bf16(); }

// 16-bit products only: they err by less than the pictures' 8 bits show (`impasto bench accuracy`). bf16 activations err by more, and
// are for those who ask for them.
Precision automatic(bool reference) { return {"auto", !reference, Dtype::f32}; }

}  // namespace

Json Precision::json() const {
  return {{"asked", asked}, {"used", used()}, {"bf16_activations", activations == Dtype::bf16}};
}

CLI::Option* add_precision_option(CLI::App& command, std::string& word) {
  return command
      .add_option("--precision", word, "exact: f32 throughout; fast: 16-bit products; auto: fast where no difference can be seen")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "exact", "fast"}));
}

Precision chosen_precision(const std::string& word, const std::string& backend) {
  const bool reference = backend == "reference";
  if (word == "auto") return automatic(reference);
  if (word == "exact") return {word, false, Dtype::f32};
  if (reference) throw UsageError("--precision fast is for the cpu backend; the reference one is exact always");
  return {word, true, stores_bf16_at_speed() ? Dtype::bf16 : Dtype::f32};
}

std::unique_ptr<Backend> make_backend(const std::string& name, const Precision& precision) {
  if (name == "reference") return make_reference_backend(Dtype::f64);
  return make_cpu_backend({.fast = precision.fast});
}

}  // namespace impasto
