// What may be chosen about the CUDA backend.
#pragma once
#include <cstddef>
#include <string>

namespace impasto {

struct CudaOptions {
  bool tf32 = false;             // products of convolutions with 10 bits behind the point instead of 23, by the tensor cores
  bool deterministic = false;    // the same bits in every run: no convolution whose sums depend on an order. Our own kernels have none
  bool debug_sync = false;       // wait for each kernel, so that an error names the one that made it
  bool bf16 = false;             // activations in bf16: half the memory and traffic, products by the tensor cores
  bool autotune = false;         // time the ways of doing each convolution and keep the fastest
  std::string tuned_plans = {};  // a file that these are kept in; empty: none
  size_t most_workspace = size_t(1) << 30;  // bytes that a convolution may take beside its tensors
};

}  // namespace impasto
