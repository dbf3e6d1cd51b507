#include "kernels/cuda_module.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "engine/place.h"
#include "impasto_interface.h"
#include "kernels/cuda/requirements.h"

namespace impasto {
namespace {

constexpr const char* driver_library = "libcuda.so.1";
constexpr const char* module_name = "libimpasto_cuda.so";

struct Module {
  OpenCudaModule* open = nullptr;
  std::string problem;
};

Module failed(const std::string& problem) { return {nullptr, problem}; }

std::string module_file() {
  const char* asked = std::getenv("IMPASTO_CUDA_MODULE");
  return asked && *asked ? asked : engine_folder() + "/" + module_name;
}

// RTLD_LAZY: of a module that was built from other sources a function may be missing, and its interface is to be looked at first.
Module open_module() {
  if (!dlopen(driver_library, RTLD_LAZY | RTLD_LOCAL)) return failed(std::string("no NVIDIA driver (") + driver_library + " is not there)");
  const std::string file = module_file();
  if (!std::filesystem::exists(file))
    return failed("the CUDA module is not built (there is no " + file +
                  "): install CUDA 13 and cuDNN 9 and compile impasto again with cmake -DIMPASTO_CUDA=ON, or name the module's place in "
                  "IMPASTO_CUDA_MODULE");
  void* library = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (!library)
    return failed(
        "the CUDA module cannot be opened (" + std::string(dlerror()) +
        "): if a library of CUDA 13 or cuDNN 9 is missing, install it or name its folder in LD_LIBRARY_PATH; else compile impasto again");
  const auto* interface = static_cast<const char*>(dlsym(library, "impasto_cuda_interface"));
  const auto open = reinterpret_cast<OpenCudaModule*>(dlsym(library, "impasto_cuda_open"));
  if (!interface || !open) return failed(file + " is no CUDA module of impasto");
  if (std::strcmp(interface, IMPASTO_INTERFACE) != 0)
    return failed("the CUDA module " + file + " was built from other sources than this program: build both again");
  return {open, ""};
}

const Module& module() {
  static const Module one = open_module();
  return one;
}

ModuleReply ask(const CudaOptions* options) {
  ModuleReply reply;
  if (module().open)
    module().open(options, reply);
  else
    reply.problem = module().problem;
  return reply;
}

}  // namespace

const CudaStatus& cuda_status() {
  static const CudaStatus status = [] {
    const ModuleReply reply = ask(nullptr);
    return CudaStatus{reply.problem, reply.device};
  }();
  return status;
}

std::unique_ptr<Backend> make_cuda_backend(const CudaOptions& options) {
  ModuleReply reply = ask(&options);
  if (!reply.backend) throw Error("the cuda backend cannot be had: " + reply.problem);
  return std::move(reply.backend);
}

std::string text_of(const CudaDeviceInfo& device) {
  std::string text;
  if (!device.name.empty()) {
    char memory[32];
    std::snprintf(memory, sizeof memory, "%.0f GB", double(device.memory) / 1e9);
    text = device.name + ", " + memory + ", compute capability " + std::to_string(device.major) + "." + std::to_string(device.minor) + "; ";
  }
  if (device.driver) text += "driver for CUDA " + cuda_version_text(device.driver) + ", ";
  return text + "CUDA " + cuda_version_text(device.runtime) + ", cuDNN " + cudnn_version_text(device.cudnn);
}

}  // namespace impasto
