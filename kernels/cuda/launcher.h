// Launches kernel bodies on a CUDA stream. launch() is instantiated in .cu files only.
#pragma once
#include <cuda_runtime_api.h>

#include "kernels/shared/launch.h"

namespace impasto {

class CudaLauncher {
 public:
  explicit CudaLauncher(cudaStream_t stream = nullptr) : stream_(stream) {}
  template <class Body>
  void launch(Grid grid, const Body& body, size_t shared_bytes = 0) const;
  cudaStream_t stream() const { return stream_; }

 private:
  cudaStream_t stream_;
};

}  // namespace impasto

#if defined(__CUDACC__)
#include "kernels/cuda/check.h"
#include "kernels/shared/cuda_block.h"

namespace impasto {

template <class Body>
__global__ void run_body(const Body body) {
  CudaBlock block;
  body(block);
}

template <class Body>
void CudaLauncher::launch(Grid grid, const Body& body, size_t shared_bytes) const {
  run_body<<<dim3(grid.x, grid.y, grid.z), 256, shared_bytes, stream_>>>(body);
  IMPASTO_CUDA(cudaGetLastError());
}

}  // namespace impasto
#endif
