#include "kernels/cuda/check.h"

#include <cstring>

namespace impasto {

std::string place_of(const char* file, int line) {
  const char* slash = std::strrchr(file, '/');
  return std::string(slash ? slash + 1 : file) + ":" + std::to_string(line);
}

void check_cuda(cudaError_t status, const std::string& call, const char* file, int line) {
  if (status == cudaSuccess) return;
  const std::string text = place_of(file, line) + ": " + call + ": " + cudaGetErrorString(status);
  if (status != cudaErrorMemoryAllocation) throw CudaError(text);
  cudaGetLastError();  // nothing is broken: the next launch shall not be blamed for it
  throw MemoryError(text + "; use a smaller --size, or --backend cpu");
}

}  // namespace impasto
