#include "kernels/cuda/weights.h"

namespace impasto {

void pack_weights(const CudaLauncher& launcher, const WeightLayout& layout, const Tensor& w, Tensor& packed) {
  launch_pack_weights(launcher, layout, w, packed);
}

void unpack_weights(const CudaLauncher& launcher, const WeightLayout& layout, const Tensor& packed, Out dw) {
  launch_unpack_weights(launcher, layout, packed, dw);
}

}  // namespace impasto
