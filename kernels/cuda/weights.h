// The bodies of kernels/shared/weight_layout.h on the GPU.
#pragma once
#include "kernels/cuda/launcher.h"
#include "kernels/shared/weight_layout.h"

namespace impasto {

void pack_weights(const CudaLauncher& launcher, const WeightLayout& layout, const Tensor& w, Tensor& packed);
void unpack_weights(const CudaLauncher& launcher, const WeightLayout& layout, const Tensor& packed, Out dw);

}  // namespace impasto
