// Errors of the CUDA runtime become exceptions that name the place, the call and the library's own words.
#pragma once
#include <cuda_runtime_api.h>

#include <string>

#include "engine/error.h"

namespace impasto {

class CudaError : public Error {
 public:
  using Error::Error;
};

/// Throws MemoryError where memory ran out and CudaError for everything else that is not cudaSuccess.
void check_cuda(cudaError_t status, const std::string& call, const char* file, int line);

/// "pool.cpp:12"
std::string place_of(const char* file, int line);

}  // namespace impasto

#define IMPASTO_CUDA(call) ::impasto::check_cuda((call), #call, __FILE__, __LINE__)
