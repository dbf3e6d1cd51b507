#include "kernels/cuda/graph.h"

#include <utility>

namespace impasto {
namespace {

cudaGraphExec_t captured(CudaDevice& device, const std::function<void()>& work) {
  device.begin_capture();
  try {
    work();
  } catch (...) {
    if (cudaGraph_t part = device.end_capture()) cudaGraphDestroy(part);
    cudaGetLastError();  // of a capture that broke off: the exception says why
    throw;
  }
  const cudaGraph_t graph = device.end_capture();
  if (!graph) {
    IMPASTO_CUDA(cudaGetLastError());
    throw CudaError("the capture of repeated work broke off");
  }
  cudaGraphExec_t executable = nullptr;
  const cudaError_t status = cudaGraphInstantiate(&executable, graph, 0);
  cudaGraphDestroy(graph);
  IMPASTO_CUDA(status);
  return executable;
}

}  // namespace

CudaGraph::CudaGraph(std::shared_ptr<CudaDevice> device, std::shared_ptr<Pool> pool, const std::function<void()>& work)
    : device_(std::move(device)), blocks_(std::move(pool), [&] { graph_ = captured(*device_, work); }) {}

CudaGraph::~CudaGraph() { cudaGraphExecDestroy(graph_); }

}  // namespace impasto
