// CudaBlock: the block concept of kernels/shared on a CUDA thread block. Warp shuffles and shared memory.
// One source for nvcc and for g++, where kernels/emulator/cuda_dialect.h supplies CUDA's names: what the tests
// run on a CPU is this code. Blocks are one-dimensional and made of whole warps.
#pragma once

#include <cstddef>

#include "kernels/shared/lanes.h"
#include "kernels/shared/launch.h"

#if defined(__CUDACC__)
namespace impasto::cuda {

// The emulator has two functions of these names that give each array a heap block of its own.
__device__ inline void* dynamic_shared(std::size_t offset, std::size_t /*bytes*/) {
  extern __shared__ __align__(16) unsigned char memory[];
  return memory + offset;
}

template <class T, int Count>
__device__ inline T* static_shared() {
  __shared__ T memory[Count];
  return memory;
}

}  // namespace impasto::cuda
#else
#include "kernels/emulator/cuda_dialect.h"
#endif

namespace impasto {

class CudaBlock {
 public:
  __device__ explicit CudaBlock(Place place) : place_(place) {}
  __device__ int x() const { return static_cast<int>(blockIdx.x); }
  __device__ int y() const { return place_.first_y + static_cast<int>(blockIdx.y) * place_.together + beside(); }
  __device__ int z() const { return static_cast<int>(blockIdx.z); }
  __device__ int grid_x() const { return static_cast<int>(gridDim.x); }
  __device__ int grid_y() const { return place_.grid_y ? place_.grid_y : static_cast<int>(gridDim.y); }
  __device__ int grid_z() const { return static_cast<int>(gridDim.z); }
  __device__ int rank() const { return thread() / place_.together; }
  __device__ int size() const { return threads() / place_.together; }

  __device__ void sync() const { __syncthreads(); }

  /// Over the block, the same bits in every thread: the order of the additions depends on the numbers of threads and neighbours only.
  template <int V>
  __device__ Lanes<V> sum(Lanes<V> value) const {
    return reduce(value, [](float a, float b) { return a + b; });
  }

  /// A NaN in any thread gives NaN: fmaxf would drop it, and with it the trace of uninitialised memory.
  template <int V>
  __device__ Lanes<V> max(Lanes<V> value) const {
    return reduce(value, [](float a, float b) { return a > b || a != a ? a : b; });
  }

  /// A new array of `count` T, uninitialised; every thread makes the same calls in the same order.
  template <class T>
  __device__ T* shared(int count) {
    const std::size_t offset = shared_used_;
    shared_used_ += shared_bytes<T>(count);
    return static_cast<T*>(cuda::dynamic_shared(offset, count * sizeof(T)));
  }

 private:
  static constexpr unsigned whole_warp = 0xffffffffu;
  static constexpr int warp_size = 32, max_warps = 32;

  __device__ static int thread() { return static_cast<int>(threadIdx.x); }
  __device__ static int threads() { return static_cast<int>(blockDim.x); }
  /// Which of the blocks together this thread belongs to.
  __device__ int beside() const { return thread() % place_.together; }

  template <int V, class Combine>
  __device__ Lanes<V> reduce(Lanes<V> value, Combine combine) const {
    for (int v = 0; v < V; v++)
      for (int distance = warp_size / 2; distance >= place_.together; distance /= 2)
        value[v] = combine(value[v], __shfl_xor_sync(whole_warp, value[v], distance));
    const int warps = threads() / warp_size;
    if (warps == 1) return value;

    // One number a warp and block: [warp][beside][V].
    float* partial = cuda::static_shared<float, max_warps * most_together * V>();
    const int lane = thread() % warp_size, step = place_.together * V;
    if (lane < place_.together)
      for (int v = 0; v < V; v++) partial[thread() / warp_size * step + lane * V + v] = value[v];
    __syncthreads();
    // All threads of a block read the same address at once, a broadcast: no second round of shuffles, no second result to spread.
    const float* own = partial + beside() * V;
    for (int v = 0; v < V; v++) value[v] = own[v];
    for (int warp = 1; warp < warps; warp++)
      for (int v = 0; v < V; v++) value[v] = combine(value[v], own[warp * step + v]);
    __syncthreads();  // the next reduction writes `partial` again
    return value;
  }

  Place place_;
  std::size_t shared_used_ = 0;
};

}  // namespace impasto
