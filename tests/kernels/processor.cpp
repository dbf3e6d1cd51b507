// What the program was compiled for, and what it says of the processor.
#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/cpu/processor.h"

using namespace impasto;

namespace {

bool has(const std::string& text, const std::string& word) { return (", " + text + ",").find(" " + word + ",") != std::string::npos; }

}  // namespace

TEST_CASE("what the compiler could use is told, and the processor has it") {
  for (const char* name : {"AVX2", "FMA", "AVX-512", "AVX512_VNNI", "AVX512_BF16"}) {
    CAPTURE(name);
    if (has(compiled_features(), name)) CHECK(has(cpu_features(), name));
  }
#if defined(__AVX2__)
  CHECK(has(compiled_features(), "AVX2"));
#else
  CHECK_FALSE(has(compiled_features(), "AVX2"));
#endif
#if defined(__AVX512F__)
  CHECK(has(compiled_features(), "AVX-512"));
  CHECK(cpu_lanes() == 16);
#else
  CHECK_FALSE(has(compiled_features(), "AVX-512"));
  CHECK(cpu_lanes() == 8);
#endif
  CHECK(has(cpu_features(), "AVX512_BF16") == cpu_has_bf16());
  CHECK_FALSE(compiled_architecture().empty());
}
