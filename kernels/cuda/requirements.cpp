#include "kernels/cuda/requirements.h"

namespace impasto {

std::string cuda_version_text(int version) { return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10); }

std::string cudnn_version_text(int version) {
  if (version < 10000)  // before 9 a digit less
    return std::to_string(version / 1000) + "." + std::to_string(version / 100 % 10) + "." + std::to_string(version % 100);
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." + std::to_string(version % 100);
}

std::string driver_problem(int driver, int compiled_runtime) {
  if (driver / 1000 >= compiled_runtime / 1000) return "";
  if (driver == 0)
    return "the NVIDIA driver does not say which CUDA it knows: install a driver for CUDA " + cuda_version_text(compiled_runtime);
  return "the NVIDIA driver is too old: it knows CUDA " + cuda_version_text(driver) + ", and this was compiled with CUDA " +
         cuda_version_text(compiled_runtime) + "; install a newer driver";
}

std::string device_problem(const CudaDeviceInfo& device) {
  if (device.major >= least_capability_major) return "";
  return "the GPU is too old: " + device.name + " has compute capability " + std::to_string(device.major) + "." +
         std::to_string(device.minor) + ", and " + std::to_string(least_capability_major) + ".0 is the least that will do";
}

std::string cudnn_problem(int cudnn, int compiled_cudnn) {
  if (cudnn / 10000 == compiled_cudnn / 10000) return "";
  return "cuDNN " + cudnn_version_text(cudnn) + " is there, and this was compiled for cuDNN " + cudnn_version_text(compiled_cudnn) +
         ": install that one, or compile impasto again";
}

}  // namespace impasto
