#include "kernels/cuda/launcher.h"

#include <cxxabi.h>

#include <cstdlib>
#include <string>

#include "kernels/cuda/check.h"

namespace impasto {
namespace {

std::string readable(const std::type_info& type) {
  int status = 0;
  char* name = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : type.name();
  std::free(name);
  return text;
}

}  // namespace

void CudaLauncher::check(const std::type_info& body, const char* file, int line) const {
  cudaError_t status = cudaGetLastError();
  if (status == cudaSuccess && debug_sync_) status = cudaStreamSynchronize(stream_);
  if (status != cudaSuccess) check_cuda(status, readable(body), file, line);
}

}  // namespace impasto
