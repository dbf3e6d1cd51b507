// What a device and its libraries must be for the CUDA backend to run on them.
#pragma once
#include <string>

#include "kernels/cuda/module.h"

namespace impasto {

/// The least compute capability: that of the PTX in the module.
inline constexpr int least_capability_major = 8;

/// A sentence that names what is too old or of another version than compiled for, and the remedy; empty if nothing is.
/// Versions as in CudaDeviceInfo.
std::string driver_problem(int driver, int compiled_runtime);
std::string device_problem(const CudaDeviceInfo& device);
std::string cudnn_problem(int cudnn, int compiled_cudnn);

/// "13.0" and "9.14.0".
std::string cuda_version_text(int version);
std::string cudnn_version_text(int version);

}  // namespace impasto
