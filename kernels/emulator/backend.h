// The emulated CUDA backend: every shared primitive through the emulator, and convolutions as the CUDA backend does them but for cuDNN,
// in whose place there are plain loops.
#pragma once
#include <memory>

#include "engine/backend.h"
#include "kernels/emulator/emulator.h"

namespace impasto {

/// lanes: 1, 8, 16, or 0 for the GPU's own layout, NHWC with the channels rounded up to 8. activations: of networks.
std::unique_ptr<Backend> make_emulated_backend(int lanes, emulator::Settings settings = {}, int threads = 64,
                                               Dtype activations = Dtype::f32);

}  // namespace impasto
