// Stands where the convolutions by cuDNN will be.
#pragma once
#include "engine/backend.h"
#include "kernels/cuda/launcher.h"
#include "kernels/cuda/options.h"

namespace impasto {

class CudaConvolutions {
 public:
  CudaConvolutions(Backend&, const CudaLauncher&, const CudaOptions&) {}
  void forward(Tensor, const Tensor&, ConvParams, ConvInput, const ConvOutput&, Out) { throw MissingPrimitive("conv2d", "cuda"); }
  void backward_data(const Tensor&, const Tensor&, const ConvParams&, const Tensor*, Out) {
    throw MissingPrimitive("conv2d_backward_data", "cuda");
  }
  void backward_weights(Tensor, const Tensor&, ConvParams, ConvInput, const Tensor*, Out) {
    throw MissingPrimitive("conv2d_backward_weights", "cuda");
  }
};

}  // namespace impasto
