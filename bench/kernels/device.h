// The GPU under the studies: memory, launches, times. Included by bench_kernels.cu only.
#pragma once
#include <algorithm>
#include <vector>

#include "bench/kernels/study.h"
#include "kernels/cuda/check.h"
#include "kernels/cuda/launcher.h"

namespace impasto::study {

/// Uninitialised device memory.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t count) : count_(count) { IMPASTO_CUDA(cudaMalloc(&data_, std::max<std::size_t>(count, 1) * sizeof(T))); }
  explicit DeviceArray(const std::vector<T>& host) : DeviceArray(host.size()) {
    IMPASTO_CUDA(cudaMemcpy(data_, host.data(), bytes(), cudaMemcpyHostToDevice));
  }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() { cudaFree(data_); }

  T* data() const { return data_; }
  std::size_t bytes() const { return count_ * sizeof(T); }
  void fill(int byte) { IMPASTO_CUDA(cudaMemset(data_, byte, bytes())); }
  std::vector<T> host() const {
    std::vector<T> copy(count_);
    IMPASTO_CUDA(cudaMemcpy(copy.data(), data_, bytes(), cudaMemcpyDeviceToHost));
    return copy;
  }

 private:
  T* data_ = nullptr;
  std::size_t count_;
};

template <class Body>
__global__ void run_body(Body body) {
  CudaBlock block{Place{}};
  body(block);
}

struct CudaStream {  // the default one
  template <class Body>
  void launch(const Launch& launch, const Body& body) {
    const dim3 grid(unsigned(launch.grid.x), unsigned(launch.grid.y), unsigned(launch.grid.z));
    run_body<<<grid, unsigned(launch.threads), launch.shared_bytes>>>(body);
    IMPASTO_CUDA(cudaGetLastError());
  }
  template <class Body>
  void engine(Grid grid, const Body& body) {
    CudaLauncher().launch(grid, body);
  }
};

struct Event {
  cudaEvent_t handle;
  Event() { IMPASTO_CUDA(cudaEventCreate(&handle)); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(handle); }
};

/// Median seconds of `repeats` runs. Before each a buffer larger than the second-level cache is written, so that nothing is found there;
/// while that goes on the launches queue up behind it, so that what the host takes for a launch is not timed.
class Timer {
 public:
  explicit Timer(const cudaDeviceProp& device) : flushed_(2 * std::size_t(device.l2CacheSize) + (64u << 20)) {}

  template <class Run>
  double median(int repeats, Run run) {
    run();
    std::vector<float> milliseconds;
    for (int i = 0; i < repeats; i++) {
      IMPASTO_CUDA(cudaMemsetAsync(flushed_.data(), i, flushed_.bytes()));
      IMPASTO_CUDA(cudaEventRecord(begin_.handle));
      run();
      IMPASTO_CUDA(cudaEventRecord(end_.handle));
      IMPASTO_CUDA(cudaEventSynchronize(end_.handle));
      IMPASTO_CUDA(cudaEventElapsedTime(&milliseconds.emplace_back(), begin_.handle, end_.handle));
    }
    std::nth_element(milliseconds.begin(), milliseconds.begin() + repeats / 2, milliseconds.end());
    return double(milliseconds[std::size_t(repeats / 2)]) * 1e-3;
  }

 private:
  DeviceArray<char> flushed_;
  Event begin_, end_;
};

/// What the device can do at most, measured: bytes a second of a copy between two buffers, read and written both counted.
inline double copy_rate(Timer& timer, int repeats) {
  const DeviceArray<char> from(std::size_t(256) << 20), to(std::size_t(256) << 20);
  const double seconds = timer.median(repeats, [&] { cudaMemcpyAsync(to.data(), from.data(), from.bytes(), cudaMemcpyDeviceToDevice); });
  IMPASTO_CUDA(cudaGetLastError());
  return 2 * double(from.bytes()) / seconds;
}

/// Eight independent chains of multiply-adds a thread, all in registers.
struct MultiplyAdds {
  float* y;
  float factor, summand;
  static constexpr int chains = 8, length = 4096;
  __device__ void operator()(CudaBlock& block) const {
    float value[chains];
    for (int k = 0; k < chains; k++) value[k] = float(block.rank() + k);
    for (int i = 0; i < length; i++) {
      IMPASTO_UNROLL
      for (int k = 0; k < chains; k++) value[k] = fmaf(value[k], factor, summand);
    }
    float sum = 0;
    for (int k = 0; k < chains; k++) sum += value[k];
    if (sum == -1.0f) *y = sum;  // never: but the compiler cannot know, and leaves nothing out
  }
};

/// f32 operations a second, two a multiply-add.
inline double multiply_add_rate(Timer& timer, int repeats, int multiprocessors) {
  const DeviceArray<float> y(1);
  const Launch launch{{multiprocessors * 16}, 256};
  const double seconds = timer.median(repeats, [&] { CudaStream().launch(launch, MultiplyAdds{y.data(), 0.999f, 0.001f}); });
  return 2.0 * MultiplyAdds::chains * MultiplyAdds::length * launch.threads * launch.grid.x / seconds;
}

}  // namespace impasto::study
