// What the program and the CUDA module, a library of its own that is opened at run time, agree on. Both are compiled with a hash of this
// file, of kernels/cuda/options.h and of the engine's headers (cmake/interface_hash.cmake): the program looks at the module's before it
// calls anything, since one that was built from other headers would see other classes.
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "engine/backend.h"
#include "kernels/cuda/options.h"

namespace impasto {

/// Versions are the libraries' own numbers: CUDA 13.0 is 13000, cuDNN 9.14.0 is 91400.
struct CudaDeviceInfo {
  std::string name = {};
  size_t memory = 0;         // bytes
  int major = 0, minor = 0;  // compute capability
  int driver = 0, runtime = 0, cudnn = 0;
};

struct ModuleReply {
  std::string problem;  // a sentence if there is no working device, else empty
  CudaDeviceInfo device;
  std::unique_ptr<Backend> backend;
};

/// Looks at the device, and makes a backend on it if there are options. Throws nothing.
using OpenCudaModule = void(const CudaOptions* options, ModuleReply& reply) noexcept;

}  // namespace impasto

/// What the module exports.
extern "C" const char impasto_cuda_interface[];
extern "C" impasto::OpenCudaModule impasto_cuda_open;
