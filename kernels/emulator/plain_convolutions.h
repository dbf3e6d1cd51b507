// Stands in for cuDNN where the CUDA backend's way of convolving (kernels/cuda/channels_last_convolutions.h) is run on a CPU: plain loops
// over channels-last tensors, sums in f64.
#pragma once
#include "kernels/cuda/channels_last_convolutions.h"
#include "kernels/emulator/launcher.h"

namespace impasto {

class PlainConvolutions final : public ConvolutionEngine {
 public:
  /// The launcher runs the bodies that pack weights.
  explicit PlainConvolutions(EmulatedLauncher launcher) : launcher_(launcher) {}
  void run(const ConvolutionKey& key, const ConvolutionData& data) override;
  void pack(const WeightLayout& layout, const Tensor& w, Tensor& packed) override { launch_pack_weights(launcher_, layout, w, packed); }
  void unpack(const WeightLayout& layout, const Tensor& packed, Out dw) override { launch_unpack_weights(launcher_, layout, packed, dw); }

 private:
  EmulatedLauncher launcher_;
};

}  // namespace impasto
