#include "kernels/cuda/device.h"

#include <cudnn_graph.h>

#include <algorithm>
#include <cstring>

#include "kernels/cuda/requirements.h"

namespace impasto {

StagingBuffer::StagingBuffer() {
  IMPASTO_CUDA(cudaMallocHost(&data_, bytes));
  IMPASTO_CUDA(cudaEventCreateWithFlags(&used_, cudaEventDisableTiming));
}

StagingBuffer::~StagingBuffer() {
  cudaEventDestroy(used_);
  cudaFreeHost(data_);
}

CudaDevice::CudaDevice() { IMPASTO_CUDA(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }

CudaDevice::~CudaDevice() { cudaStreamDestroy(stream_); }

void CudaDevice::not_captured(const char* what) const {
  if (is_capturing_) throw_not_recordable(what);
}

void CudaDevice::synchronize() const {
  not_captured("wait for the device");
  IMPASTO_CUDA(cudaStreamSynchronize(stream_));
}

// Relaxed: the pool may ask for memory in between, which the other modes forbid.
void CudaDevice::begin_capture() {
  IMPASTO_CUDA(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeRelaxed));
  is_capturing_ = true;
}

cudaGraph_t CudaDevice::end_capture() noexcept {
  is_capturing_ = false;
  cudaGraph_t graph = nullptr;
  return cudaStreamEndCapture(stream_, &graph) == cudaSuccess ? graph : nullptr;
}

void CudaDevice::upload(const void* host, void* device, size_t bytes) {
  not_captured("take so many numbers from the host");
  const auto* from = static_cast<const char*>(host);
  auto* to = static_cast<char*>(device);
  for (size_t done = 0, turn = 0; done < bytes; turn++) {
    StagingBuffer& staging = staging_[turn % 2];
    const size_t part = std::min(StagingBuffer::bytes, bytes - done);
    staging.wait();
    std::memcpy(staging.data(), from + done, part);
    IMPASTO_CUDA(cudaMemcpyAsync(to + done, staging.data(), part, cudaMemcpyHostToDevice, stream_));
    staging.mark(stream_);
    done += part;
  }
}

void CudaDevice::download(const void* device, void* host, size_t bytes) {
  not_captured("read numbers back");
  const auto* from = static_cast<const char*>(device);
  auto* to = static_cast<char*>(host);
  const size_t parts = (bytes + StagingBuffer::bytes - 1) / StagingBuffer::bytes;
  const auto size_of_part = [&](size_t part) { return std::min(StagingBuffer::bytes, bytes - part * StagingBuffer::bytes); };
  for (size_t part = 0; part <= parts; part++) {
    if (part < parts) {
      StagingBuffer& staging = staging_[part % 2];
      staging.wait();
      IMPASTO_CUDA(
          cudaMemcpyAsync(staging.data(), from + part * StagingBuffer::bytes, size_of_part(part), cudaMemcpyDeviceToHost, stream_));
      staging.mark(stream_);
    }
    if (part > 0) {
      StagingBuffer& staging = staging_[(part - 1) % 2];
      staging.wait();
      std::memcpy(to + (part - 1) * StagingBuffer::bytes, staging.data(), size_of_part(part - 1));
    }
  }
}

std::string look_at_device(CudaDeviceInfo& info) {
  info.cudnn = int(cudnnGetVersion());
  IMPASTO_CUDA(cudaRuntimeGetVersion(&info.runtime));
  if (cudaDriverGetVersion(&info.driver) != cudaSuccess) info.driver = 0;
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  cudaGetLastError();
  // The driver's age explains better than the status that follows from it.
  if (status != cudaSuccess && info.driver != 0) {
    if (const std::string problem = driver_problem(info.driver, info.runtime); !problem.empty()) return problem;
  }
  if (status != cudaSuccess) return std::string("CUDA finds no GPU: ") + cudaGetErrorString(status);
  if (count == 0) return "CUDA finds no GPU: the driver shows none (CUDA_VISIBLE_DEVICES may hide them)";
  cudaDeviceProp properties{};
  IMPASTO_CUDA(cudaGetDeviceProperties(&properties, 0));
  info.name = properties.name;
  info.memory = properties.totalGlobalMem;
  info.major = properties.major;
  info.minor = properties.minor;
  for (const std::string& problem :
       {driver_problem(info.driver, info.runtime), device_problem(info), cudnn_problem(info.cudnn, CUDNN_VERSION)})
    if (!problem.empty()) return problem;
  return "";
}

}  // namespace impasto
