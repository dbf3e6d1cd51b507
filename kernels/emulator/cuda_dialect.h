// The names of CUDA that kernels/shared/cuda_block.h uses, for g++: each stands for a call into the emulator.
// Included by emulated translation units only, never together with cuda_runtime.h.
// Only what the block concept needs is here: no atomics, votes or textures.
#pragma once

#if defined(__CUDACC__) || defined(__CUDA_RUNTIME_H__)
#error "cuda_dialect.h stands in for CUDA: it cannot meet the real one in a translation unit"
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#define __device__

struct uint3 {
  unsigned x, y, z;
};
// One OS thread runs all threads of a block in turns; the emulator sets threadIdx at each turn.
extern constinit thread_local uint3 threadIdx, blockIdx, blockDim, gridDim;

namespace impasto::emulator {

enum class WarpOperation : std::uint8_t { sync, shuffle, shuffle_xor, shuffle_down, shuffle_up };

void barrier(const char* file, int line);
std::uint64_t warp_call(WarpOperation, unsigned mask, std::uint64_t value, unsigned argument);
void* dynamic_shared(std::size_t offset, std::size_t bytes);
void* static_shared(const void* key, std::size_t bytes);

template <class T>
T shuffle(WarpOperation operation, unsigned mask, T value, unsigned argument) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t), "a shuffle moves 4 or 8 bytes");
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = warp_call(operation, mask, bits, argument);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace impasto::emulator

// The place is that of the call in cuda_block.h: it tells the barrier of sync() from those inside sum() and max().
inline void __syncthreads(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { impasto::emulator::barrier(file, line); }
inline void __syncwarp(unsigned mask = ~0u) { impasto::emulator::warp_call(impasto::emulator::WarpOperation::sync, mask, 0, 0); }

template <class T>
T __shfl_sync(unsigned mask, T value, int lane) {
  return impasto::emulator::shuffle(impasto::emulator::WarpOperation::shuffle, mask, value, static_cast<unsigned>(lane));
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes) {
  return impasto::emulator::shuffle(impasto::emulator::WarpOperation::shuffle_xor, mask, value, static_cast<unsigned>(lanes));
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned lanes) {
  return impasto::emulator::shuffle(impasto::emulator::WarpOperation::shuffle_down, mask, value, lanes);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned lanes) {
  return impasto::emulator::shuffle(impasto::emulator::WarpOperation::shuffle_up, mask, value, lanes);
}

namespace impasto::cuda {

inline void* dynamic_shared(std::size_t offset, std::size_t bytes) { return emulator::dynamic_shared(offset, bytes); }

template <class T, int Count>
T* static_shared() {
  static char key;  // one for each T and Count, as nvcc makes one array for each
  return static_cast<T*>(emulator::static_shared(&key, Count * sizeof(T)));
}

}  // namespace impasto::cuda
