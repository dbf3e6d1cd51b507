// Which vector extensions this program was compiled for, and which of them the processor has that runs it.
// A program compiled for more than it finds ends before main() with one sentence and exit code 1, instead of by an illegal instruction.
#pragma once
#include <string>

namespace impasto {

/// "AVX2, FMA, AVX-512, ...": what of those that the kernels tell apart the processor has, and what the compiler could use.
std::string cpu_features();
std::string compiled_features();
/// What -DIMPASTO_ARCH was: "native", "x86-64-v3", ...
std::string compiled_architecture();

}  // namespace impasto
