// A study: several versions of one kernel, from the plainest to the engine's own, on the same numbers. Each is written once, in the dialect
// that both nvcc and the emulator take: bench_kernels.cu times it on a GPU, tests/kernels/study.cpp tries it without one.
#pragma once
#include <cstddef>
#include <vector>

#include "kernels/shared/cuda_block.h"
#include "kernels/shared/plane.h"

namespace impasto::study {

/// What every version is given, all of it in the device's memory. Activations lie as [N, H, W, L], L = C rounded up to a multiple of 8
/// and zeros behind C; T is float or bf16.
template <class T>
struct Problem {
  Geometry g;                 // of x
  const T* x;                 // the input; the output's gradient where upsampling goes backward
  const float *gamma, *beta;  // [C], of instance norm
  const float* dy;            // the number 1, the gradient of a loss
  T* y;                       // the output where it is an activation
  float* result;              // where it is a matrix or a number
  float* scratch;             // scratch_floats(g) of them, for partial results
};

/// Enough for each version: the most is asked for by partial Gram matrices in tiles of 64 channels, one for every 512 pixels.
inline std::size_t scratch_floats(const Geometry& g) {
  const std::size_t channels = std::size_t(g.lanes + 63) / 64 * 64;
  return g.n * std::size_t(g.pixels() / 256 + 1) * channels * (channels + 8);
}

/// Launcher: void launch(const Launch&, const Body&), a body being a copyable struct called with a CudaBlock& in every thread;
///           void engine(Grid, const Body&), a body of kernels/shared launched as the engine's CUDA backend launches it.
template <class T, class Launcher>
struct Version {
  const char* name;
  void (*run)(Launcher& launcher, const Problem<T>& problem);
};
template <class T, class Launcher>
using Versions = std::vector<Version<T, Launcher>>;

constexpr int threads_of_a_block = 256;
constexpr int kLanes = 8;  // neighbouring channels that the engine's bodies take at once in this layout

/// One thread for each of `count` pieces of work.
inline Launch a_thread_each(std::int64_t count) {
  return {{int((count + threads_of_a_block - 1) / threads_of_a_block)}, threads_of_a_block};
}
__device__ inline int thread_of_grid(const CudaBlock& block) { return block.x() * block.size() + block.rank(); }

inline std::int64_t elements(const Geometry& g) { return std::int64_t(g.n) * g.pixels() * g.lanes; }
inline Geometry doubled(Geometry g) { return {g.n, g.c, 2 * g.h, 2 * g.w, g.lanes, g.groups}; }
inline Geometry halved(Geometry g) { return {g.n, g.c, g.h / 2, g.w / 2, g.lanes, g.groups}; }

/// An element of an activation. Which one a thread takes is an order: the two give the same results at different speeds.
struct Element {
  int n, c, i, j;
  __device__ std::int64_t at(const Geometry& g) const { return ((std::int64_t(n) * g.h + i) * g.w + j) * g.lanes + c; }
};
/// Neighbouring threads take neighbouring pixels of one channel, L numbers apart in memory: the order of a planar tensor.
struct PlanarOrder {
  static __device__ Element element(int k, const Geometry& g) {
    return {k / (g.pixels() * g.lanes), k / g.pixels() % g.lanes, k / g.w % g.h, k % g.w};
  }
};
/// Neighbouring threads take neighbouring channels of one pixel, side by side in memory.
struct MemoryOrder {
  static __device__ Element element(int k, const Geometry& g) {
    return {k / (g.pixels() * g.lanes), k % g.lanes, k / (g.w * g.lanes) % g.h, k / g.lanes % g.w};
  }
};

/// The block's sum by a tree in shared memory: `line` holds a number a thread; log2(size) rounds, a barrier in each.
__device__ inline float tree_sum(const CudaBlock& block, float* line, float value) {
  line[block.rank()] = value;
  block.sync();
  for (int half = block.size() / 2; half > 0; half /= 2) {
    if (block.rank() < half) line[block.rank()] += line[block.rank() + half];
    block.sync();
  }
  const float sum = line[0];
  block.sync();  // before `line` is used again
  return sum;
}

}  // namespace impasto::study
