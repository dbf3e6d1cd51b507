// A backend that computes nothing and remembers which convolutions cuDNN would be asked for: the CUDA backend's layout and its way of
// convolving, on address space that nobody touches.
#pragma once
#include <cstring>
#include <map>
#include <string>

#include "kernels/cuda/channels_last_backend.h"
#include "kernels/plan/backend.h"
#include "kernels/plan/launcher.h"

namespace impasto {

class RecordingEngine final : public ConvolutionEngine {
 public:
  void run(const ConvolutionKey& key, const ConvolutionData&) override { keys.emplace(key.text(), key); }
  void pack(const WeightLayout&, const Tensor&, Tensor&) override {}
  void unpack(const WeightLayout&, const Tensor&, Out) override {}
  std::map<std::string, ConvolutionKey> keys;  // each once, by text
};

class RecordingBackend final : public ChannelsLastBackend<PlanLauncher, ChannelsLastConvolutions> {
 public:
  RecordingBackend() : ChannelsLastBackend(PlanLauncher{}), pool_(make_plan_backend()->pool()), convolutions_(*this, engine_, {}) {}
  const char* name() const override { return "recording"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override { return padded_channels(channels); }
  void upload(const float*, Tensor&) override {}
  void download(const Tensor& x, void* host) override { std::memset(host, 0, x.bytes()); }
  const std::map<std::string, ConvolutionKey>& recorded() const { return engine_.keys; }

 private:
  ChannelsLastConvolutions& convolutions() override { return convolutions_; }
  std::shared_ptr<Pool> pool_;
  RecordingEngine engine_;
  ChannelsLastConvolutions convolutions_;
};

}  // namespace impasto
