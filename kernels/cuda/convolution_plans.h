// From the key of a convolution to a plan of cuDNN that computes it: made on first use, kept, and bounded in number.
#pragma once
#include <functional>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "kernels/cuda/channels_last_convolutions.h"
#include "kernels/cuda/cudnn_graph.h"
#include "kernels/cuda/options.h"
#include "kernels/cuda/tuned_plans.h"

namespace impasto {

/// On the handle's stream; returns at once.
void run_convolution(cudnnHandle_t handle, const CudnnPlan& plan, const ConvolutionData& data, void* workspace);

class ConvolutionPlans {
 public:
  /// Seconds that a plan takes.
  using Timer = std::function<double(const CudnnPlan&)>;

  /// Keeps the `most` plans used last: a network asks for some dozens, many picture sizes in one process for more.
  /// None of them takes more than most_workspace bytes beside its tensors.
  explicit ConvolutionPlans(CudnnDevice device, size_t most = 512, size_t most_workspace = CudaOptions{}.most_workspace)
      : device_(std::move(device)), most_(most), most_workspace_(most_workspace) {}

  /// By the engine that cuDNN thinks best; with a timer, by the fastest of those it thinks good, or by the one that `tuned`
  /// remembers, which is told what was found. Valid until the next call. Throws Error with the key's text if no engine serves.
  const CudnnPlan& plan(const ConvolutionKey& key, const Timer& timer = {}, TunedPlans* tuned = nullptr);
  size_t size() const { return plans_.size(); }

 private:
  struct Entry {
    CudnnGraph graph;  // what the plan refers to
    CudnnPlan plan;
    std::list<std::string>::iterator age;
  };
  std::vector<CudnnPlan> ready_plans(const CudnnGraph& graph, const ConvolutionKey& key, size_t most, const std::string& name) const;
  Entry make(const ConvolutionKey& key, const Timer& timer, TunedPlans* tuned) const;

  CudnnDevice device_;
  size_t most_, most_workspace_;
  std::map<std::string, Entry> plans_;
  std::list<std::string> ages_;  // least recently used first
};

}  // namespace impasto
