// A GPU, the one stream that all work on it goes to, and copies between it and the host.
#pragma once
#include <cuda_runtime_api.h>

#include <cstddef>

#include "kernels/cuda/check.h"
#include "kernels/cuda/module.h"

namespace impasto {

/// Memory of the host that the GPU reads and writes by itself, and the event behind the last copy that used it.
class StagingBuffer {
 public:
  static constexpr size_t bytes = size_t(4) << 20;
  StagingBuffer();
  ~StagingBuffer();
  StagingBuffer(const StagingBuffer&) = delete;
  StagingBuffer& operator=(const StagingBuffer&) = delete;

  void* data() { return data_; }
  void mark(cudaStream_t stream) { IMPASTO_CUDA(cudaEventRecord(used_, stream)); }
  /// Until that copy is done.
  void wait() { IMPASTO_CUDA(cudaEventSynchronize(used_)); }

 private:
  void* data_ = nullptr;
  cudaEvent_t used_ = nullptr;
};

class CudaDevice {
 public:
  /// The first GPU that the driver shows (CUDA_VISIBLE_DEVICES chooses).
  CudaDevice();
  ~CudaDevice();
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;

  cudaStream_t stream() const { return stream_; }
  /// These three throw Error while the stream is captured: they wait for what is not being done.
  void synchronize() const;
  /// Behind everything asked for before. When upload returns, the host's numbers may change; when download does, they are there.
  void upload(const void* host, void* device, size_t bytes);
  void download(const void* device, void* host, size_t bytes);

  /// What goes to the stream in between is kept in a graph instead of done; null if the capture broke off.
  void begin_capture();
  cudaGraph_t end_capture() noexcept;

 private:
  void not_captured(const char* what) const;
  cudaStream_t stream_ = nullptr;
  bool is_capturing_ = false;
  StagingBuffer staging_[2];  // one is copied by the GPU while the host works on the other
};

/// Fills `info` as far as it gets; a sentence if no device is there that the backend can run on, else "".
std::string look_at_device(CudaDeviceInfo& info);

}  // namespace impasto
