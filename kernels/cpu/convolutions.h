// All convolutions of the CPU backend: by the kernel that serves each (kernels/cpu/convolution.h), and by passes over whole activations
// before and after for what that kernel does not do by itself. Allocates from the backend's pool; without `computes` that is all it does,
// which is what the planning backend wants.
#pragma once
#include "kernels/cpu/backend.h"
#include "kernels/cpu/convolution.h"
#include "kernels/cpu/onednn.h"

namespace impasto {

class Convolutions {
 public:
  /// options.lanes is not 0. The passes are the backend's own primitives.
  Convolutions(Backend& backend, const CpuOptions& options, bool computes) : backend_(backend), options_(options), computes_(computes) {}

  /// As conv2d, conv2d_backward_data and conv2d_backward_weights in engine/backend.h.
  void forward(Tensor x, const Tensor& w, ConvParams params, ConvInput in, const ConvOutput& out, Out y);
  void backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx);
  void backward_weights(Tensor x, const Tensor& dy, ConvParams params, ConvInput in, const Tensor* mask, Out dw);

 private:
  void convolve(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y);
  void data_gradient(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx);

  void winograd(WinogradPass pass, const WinogradShape& shape, const Tensor& x, const Tensor& w, const WinogradFusion& fusion, Tensor& y);
  Tensor winograd_weights(WinogradPass pass, const WinogradShape& shape, WinogradProducts products, const Tensor& w);
  void direct(const DirectConvolution& c, const Tensor& x, const Tensor& w, const DirectFusion& fusion, Tensor& y);
  void winograd_weights_gradient(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in, const Tensor* mask, Out dw);
  void direct_weights_gradient(const Tensor& x, const Tensor& dy, const ConvParams& params, const Tensor* mask, Out dw);
  void library_forward(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvOutput& out, Out y);
  void library_data_gradient(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx);
  void library_weight_gradient(const Tensor& x, const Tensor& dy, const ConvParams& params, const Tensor* mask, Out dw);

  Tensor native(const Tensor& x);
  Tensor in_f32(const Tensor& x);
  Tensor workspace(size_t bytes) { return Tensor(backend_, {1, 1, 1, int((bytes + 3) / 4)}); }

  Backend& backend_;
  CpuOptions options_;
  bool computes_;
  OnednnConvolutions library_;
};

}  // namespace impasto
