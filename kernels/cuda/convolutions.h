// All convolutions of the CUDA backend: by cuDNN what it can do of channels-last tensors, and by passes over whole activations the rest
// (kernels/cuda/channels_last_convolutions.h).
#pragma once
#include <memory>

#include "kernels/cuda/channels_last_convolutions.h"
#include "kernels/cuda/launcher.h"
#include "kernels/cuda/options.h"

namespace impasto {

class CudaConvolutions {
 public:
  /// The passes are the backend's own primitives, workspaces and temporaries come from its pool; everything runs on the launcher's
  /// stream. cuDNN is started by the first convolution. Backend and launcher must outlive this.
  CudaConvolutions(Backend& backend, const CudaLauncher& launcher, const CudaOptions& options);
  ~CudaConvolutions();

  /// As conv2d, conv2d_backward_data and conv2d_backward_weights in engine/backend.h. Throw Error naming the convolution if cuDNN has no
  /// engine for it.
  void forward(Tensor x, const Tensor& w, ConvParams params, ConvInput in, const ConvOutput& out, Out y) {
    convolutions_.forward(std::move(x), w, params, in, out, y);
  }
  void backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) {
    convolutions_.backward_data(dy, w, params, mask, dx);
  }
  void backward_weights(Tensor x, const Tensor& dy, ConvParams params, ConvInput in, const Tensor* mask, Out dw) {
    convolutions_.backward_weights(std::move(x), dy, params, in, mask, dw);
  }
  /// As ChannelsLastConvolutions.
  void gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) { convolutions_.gram(x, mask, scale, y); }
  void gram_backward(const Tensor& x, const Tensor* mask, const Tensor& symmetric, Out dx) {
    convolutions_.gram_backward(x, mask, symmetric, dx);
  }

 private:
  std::unique_ptr<ConvolutionEngine> engine_;
  ChannelsLastConvolutions convolutions_;
};

}  // namespace impasto
