// The CUDA backend: shared bodies as kernels, convolutions by cuDNN, everything on one stream.
#pragma once
#include <memory>

#include "engine/backend.h"
#include "kernels/cuda/options.h"

namespace impasto {

/// On the first GPU. Throws CudaError or MemoryError.
std::unique_ptr<Backend> make_backend_on_device(const CudaOptions& options);

}  // namespace impasto
