// The module's one entry. Nothing is thrown across it.
#include "kernels/cuda/module.h"

#include "impasto_interface.h"
#include "kernels/cuda/backend.h"
#include "kernels/cuda/device.h"

extern "C" const char impasto_cuda_interface[] = IMPASTO_INTERFACE;

extern "C" void impasto_cuda_open(const impasto::CudaOptions* options, impasto::ModuleReply& reply) noexcept {
  try {
    reply.problem = impasto::look_at_device(reply.device);
    if (reply.problem.empty() && options) reply.backend = impasto::make_backend_on_device(*options);
  } catch (const std::exception& error) {
    reply.problem = error.what();
  } catch (...) {
    reply.problem = "the CUDA module failed without saying why";
  }
}
