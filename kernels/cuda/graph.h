// Recorded work as a CUDA graph: what goes to the stream while it is captured is kept instead of done, and sent again as a whole.
#pragma once
#include <functional>
#include <memory>

#include "engine/backend.h"
#include "kernels/cuda/device.h"

namespace impasto {

class CudaGraph final : public Recording {
 public:
  /// Throws what `work` throws, and CudaError if something in it cannot be captured.
  CudaGraph(std::shared_ptr<CudaDevice> device, std::shared_ptr<Pool> pool, const std::function<void()>& work);
  ~CudaGraph() override;
  void replay() override { IMPASTO_CUDA(cudaGraphLaunch(graph_, device_->stream())); }

 private:
  std::shared_ptr<CudaDevice> device_;
  cudaGraphExec_t graph_ = nullptr;
  RecordedBlocks blocks_;
};

}  // namespace impasto
