// Times by the GPU's own clock: events in the stream, which nothing waits for until the time is asked for.
#pragma once
#include "engine/backend.h"
#include "kernels/cuda/check.h"

namespace impasto {

class CudaStopwatch final : public Stopwatch {
 public:
  explicit CudaStopwatch(cudaStream_t stream) : stream_(stream) {
    IMPASTO_CUDA(cudaEventCreate(&begin_));
    IMPASTO_CUDA(cudaEventCreate(&end_));
    IMPASTO_CUDA(cudaEventRecord(begin_, stream_));
  }
  CudaStopwatch(const CudaStopwatch&) = delete;
  CudaStopwatch& operator=(const CudaStopwatch&) = delete;
  ~CudaStopwatch() override {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
  }
  void stop() override { IMPASTO_CUDA(cudaEventRecord(end_, stream_)); }
  double seconds() override {
    float milliseconds = 0;
    IMPASTO_CUDA(cudaEventSynchronize(end_));
    IMPASTO_CUDA(cudaEventElapsedTime(&milliseconds, begin_, end_));
    return milliseconds / 1000;
  }

 private:
  cudaStream_t stream_;
  cudaEvent_t begin_ = nullptr, end_ = nullptr;
};

}  // namespace impasto
