// Runs kernel bodies on the GPU: the fourth launcher of the shared backend. Bodies are launched from .cu files only; other files may hold
// a launcher.
#pragma once
#include <cuda_runtime_api.h>

#include <typeinfo>

#include "kernels/shared/launch.h"

#if defined(__CUDACC__)
#include "kernels/shared/cuda_block.h"
#endif

namespace impasto {

class CudaLauncher {
 public:
  static constexpr int widest_tile = 8;
  /// debug_sync: waits for each kernel.
  explicit CudaLauncher(cudaStream_t stream = nullptr, bool debug_sync = false) : stream_(stream), debug_sync_(debug_sync) {}
  cudaStream_t stream() const { return stream_; }

  /// The body is copied. Throws CudaError naming the body and the place of the call if the launch, or with debug_sync the kernel, fails.
  template <class Body>
  void launch(Grid grid, const Body& body, size_t shared_bytes = 0, const char* file = __builtin_FILE(), int line = __builtin_LINE()) const;

 private:
  void check(const std::type_info& body, const char* file, int line) const;

  cudaStream_t stream_;
  bool debug_sync_;
};

#if defined(__CUDACC__)
namespace cuda {

constexpr int usual_threads = 256, threads_together = 512;  // the latter where blocks stand together, see Place
constexpr int most_grid_y = 65535;
constexpr size_t most_parameter_bytes = 4096;  // what every GPU and driver takes

/// A body may say how many suit it.
template <class Body>
constexpr int threads_of(int together) {
  if constexpr (requires { Body::cuda_threads; })
    return Body::cuda_threads;
  else
    return together > 1 ? threads_together : usual_threads;
}

template <class Body>
__global__ void __launch_bounds__(threads_of<Body>(most_together)) run(const __grid_constant__ Body body, const Place place) {
  CudaBlock block(place);
  body(block);
}

}  // namespace cuda

template <class Body>
void CudaLauncher::launch(Grid grid, const Body& body, size_t shared_bytes, const char* file, int line) const {
  static_assert(sizeof(Body) + sizeof(Place) <= cuda::most_parameter_bytes, "a kernel's arguments: put what is larger into a tensor");
  for_launches(grid, cuda::most_grid_y, [&](Grid blocks, Place place) {
    const dim3 shape(unsigned(blocks.x), unsigned(blocks.y), unsigned(blocks.z));
    cuda::run<Body><<<shape, cuda::threads_of<Body>(place.together), shared_bytes, stream_>>>(body, place);
    check(typeid(Body), file, line);
  });
}
#endif

}  // namespace impasto
