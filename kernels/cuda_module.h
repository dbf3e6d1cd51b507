// The CUDA backend from the program's side: a library that is opened at run time, so that the same program runs where there is no GPU. What
// is looked for first is the driver's library; where that is missing nothing else is opened, and looking costs next to nothing.
#pragma once
#include <memory>
#include <string>

#include "kernels/cuda/module.h"

namespace impasto {

struct CudaStatus {
  std::string problem;    // a sentence: what is missing and what to do about it; empty: there is a GPU to work on
  CudaDeviceInfo device;  // as far as it is known
  bool works() const { return problem.empty(); }
};

/// Looks once. The module is looked for beside libimpasto_engine.so, or is the file that the environment names in IMPASTO_CUDA_MODULE.
const CudaStatus& cuda_status();

/// Throws Error with the problem, if there is one.
std::unique_ptr<Backend> make_cuda_backend(const CudaOptions& options = {});

/// "NVIDIA H100, 80 GB, compute capability 9.0; driver for CUDA 13.0, CUDA 13.0, cuDNN 9.14.0"
std::string text_of(const CudaDeviceInfo& device);

}  // namespace impasto
