// The emulated CUDA backend: every shared primitive through the emulator. It has no convolutions (on a GPU these are cuDNN's).
#pragma once
#include <memory>

#include "engine/backend.h"
#include "kernels/emulator/emulator.h"

namespace impasto {

/// lanes: 1, 8, 16, or 0 for the GPU's own layout, NHWC with the channels rounded up to 8.
std::unique_ptr<Backend> make_emulated_backend(int lanes, emulator::Settings settings = {}, int threads = 64);

}  // namespace impasto
