// The CPU backend: shared bodies with OpenMP and SIMD, own Winograd and direct convolutions, oneDNN for the other ones.
#pragma once
#include <memory>
#include <string>

#include "engine/backend.h"

namespace impasto {

struct CpuOptions {
  int lanes = 0;         // of activations: 1, 8 or 16; 0: cpu_lanes()
  bool winograd = true;  // false: all convolutions in direct form, which is exact on small whole numbers
  bool fast = false;     // 16-bit products where they are as good as cannot be told apart (kernels/cpu/winograd.h)
};
std::unique_ptr<Backend> make_cpu_backend(const CpuOptions& options = {});

/// The lanes that the kernels like as they were compiled: 16 for AVX-512, 8 otherwise.
int cpu_lanes();

/// Whether the processor this runs on multiplies bf16 natively.
bool cpu_has_bf16();
/// "oneDNN 2.6.3"
std::string convolution_library();

}  // namespace impasto
