// Compiled for any processor of the family (CMakeLists.txt), and runs before everything else of the program: up to the check it may call
// nothing that another file could have compiled for more, so no C++ library.
#include "kernels/cpu/processor.h"

#include <stdio.h>
#include <unistd.h>

#include "kernels/cpu/processor_features.h"

namespace impasto {
namespace {

struct Feature {
  const char* name;
  bool there, compiled;
};

// In the order of IMPASTO_PROCESSOR_FEATURES; returns how many there are.
int look(Feature* features) {
  __builtin_cpu_init();
  int count = 0;
#define IMPASTO_LOOK(macro, key, shown) \
  features[count] = {shown, __builtin_cpu_supports(key) != 0, compiled_for.features[count]}, count++;
  IMPASTO_PROCESSOR_FEATURES(IMPASTO_LOOK)
#undef IMPASTO_LOOK
  return count;
}

__attribute__((constructor(101))) void check() {
  Feature features[32];
  const int count = look(features);
  for (int i = 0; i < count; i++) {
    if (!features[i].compiled || features[i].there) continue;
    fprintf(stderr,
            "impasto: this program was compiled for processors with %s (IMPASTO_ARCH=%s), which this one lacks: compile it here, or with "
            "-DIMPASTO_ARCH=x86-64-v3 for any with AVX2\n",
            features[i].name, compiled_for.architecture);
    _exit(1);
  }
}

// Those of the features that own kernels or conversions tell apart.
std::string names(bool Feature::*which) {
  Feature features[32];
  const int count = look(features);
  std::string text;
  for (int i = 0; i < count; i++)
    for (const std::string told : {"AVX2", "FMA", "AVX-512", "AVX512_VNNI", "AVX512_BF16"})
      if (features[i].*which && features[i].name == told) text += (text.empty() ? "" : ", ") + told;
  return text.empty() ? "no vector extensions known to this program" : text;
}

}  // namespace

std::string cpu_features() { return names(&Feature::there); }
std::string compiled_features() { return names(&Feature::compiled); }
std::string compiled_architecture() { return compiled_for.architecture; }

}  // namespace impasto
