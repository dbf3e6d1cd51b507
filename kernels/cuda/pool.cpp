#include "kernels/cuda/pool.h"

#include <algorithm>
#include <vector>

namespace impasto {
namespace {

void* allocate_whole(size_t bytes) {
  void* block = nullptr;
  if (cudaMalloc(&block, bytes) == cudaSuccess) return block;
  cudaGetLastError();  // the pool says it better
  return nullptr;
}

void release_whole(void* block) { cudaFree(block); }  // waits until the GPU has done what uses it

}  // namespace

CudaPool::CudaPool(std::shared_ptr<CudaDevice> device) : Pool(false), device_(std::move(device)), large_(allocate_whole, release_whole) {}

void* CudaPool::system_allocate(size_t bytes) { return is_large(bytes) ? large_.take(bytes) : allocate_whole(bytes); }

void CudaPool::system_release(void* block, size_t bytes, bool large) noexcept { large ? large_.give(block, bytes) : release_whole(block); }

std::string CudaPool::shortage(size_t bytes, size_t live) const {
  size_t free = 0, all = 0;
  if (cudaMemGetInfo(&free, &all) != cudaSuccess) free = all = 0;
  const auto megabytes = [](size_t count) { return std::to_string(count >> 20) + " MB"; };
  return "needs " + megabytes(bytes) + " more of the GPU's memory on top of " + megabytes(live) + " in use, and of its " + megabytes(all) +
         " only " + megabytes(free) + " are free: use a smaller --size, or --backend cpu";
}

void CudaPool::fill_bytes(void* block, unsigned char byte, size_t count) {
  IMPASTO_CUDA(cudaMemsetAsync(block, byte, count, device_->stream()));
}

// Called by release(), which must not throw: what cannot be looked at counts as damaged.
bool CudaPool::all_bytes(const void* block, unsigned char byte, size_t count) const {
  std::vector<unsigned char> host(count);
  try {
    device_->download(block, host.data(), count);
  } catch (const Error&) {
    return false;
  }
  return std::all_of(host.begin(), host.end(), [byte](unsigned char b) { return b == byte; });
}

}  // namespace impasto
