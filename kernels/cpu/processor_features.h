// The extensions that a compiler may use on its own or that a kernel asks for: how compilers' macros call each, how
// __builtin_cpu_supports does, and its name.
#pragma once

namespace impasto {

#define IMPASTO_PROCESSOR_FEATURES(X)             \
  X(__SSE4_2__, "sse4.2", "SSE4.2")               \
  X(__POPCNT__, "popcnt", "POPCNT")               \
  X(__AVX__, "avx", "AVX")                        \
  X(__AVX2__, "avx2", "AVX2")                     \
  X(__FMA__, "fma", "FMA")                        \
  X(__F16C__, "f16c", "F16C")                     \
  X(__BMI__, "bmi", "BMI")                        \
  X(__BMI2__, "bmi2", "BMI2")                     \
  X(__LZCNT__, "lzcnt", "LZCNT")                  \
  X(__MOVBE__, "movbe", "MOVBE")                  \
  X(__FMA4__, "fma4", "FMA4")                     \
  X(__XOP__, "xop", "XOP")                        \
  X(__GFNI__, "gfni", "GFNI")                     \
  X(__AVX512F__, "avx512f", "AVX-512")            \
  X(__AVX512BW__, "avx512bw", "AVX512BW")         \
  X(__AVX512CD__, "avx512cd", "AVX512CD")         \
  X(__AVX512DQ__, "avx512dq", "AVX512DQ")         \
  X(__AVX512VL__, "avx512vl", "AVX512VL")         \
  X(__AVX512VBMI__, "avx512vbmi", "AVX512_VBMI")  \
  X(__AVX512VNNI__, "avx512vnni", "AVX512_VNNI")  \
  X(__AVX512BF16__, "avx512bf16", "AVX512_BF16")

struct CompiledFor {
  const char* architecture;
  bool features[32];  // in the order above
};
/// A constant of the one file that is compiled like all others (compiled_for.cpp).
extern const CompiledFor compiled_for;

}  // namespace impasto
