#include "kernels/cpu/backend.h"

#include <cstring>

#include "kernels/cpu/convolution_backend.h"
#include "kernels/cpu/launcher.h"

namespace impasto {
namespace {

class CpuBackend final : public ConvolutionBackend<CpuLauncher> {
 public:
  explicit CpuBackend(const CpuOptions& options) : ConvolutionBackend(options, std::make_shared<Pool>(), true) {}
  const char* name() const override { return "cpu"; }
  void upload(const float* host, Tensor& y) override { std::memcpy(y.data<float>(), host, y.bytes()); }
  void download(const Tensor& x, void* host) override { std::memcpy(host, x.raw(), x.bytes()); }
};

}  // namespace

bool cpu_has_bf16() { return __builtin_cpu_supports("avx512bf16"); }

std::string convolution_library() {
  try {
    const dnnl_version_t* v = dnnl_version();
    return "oneDNN " + std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  } catch (const Error&) {
    return "oneDNN missing (own convolutions work without)";
  }
}

#if defined(__AVX512F__)
int cpu_lanes() { return 16; }
#else
int cpu_lanes() { return 8; }
#endif

std::unique_ptr<Backend> make_cpu_backend(const CpuOptions& options) {
  CpuOptions chosen = options;
  if (!chosen.lanes) chosen.lanes = cpu_lanes();
  if (chosen.lanes != 1 && chosen.lanes != 8 && chosen.lanes != 16) {
    throw ShapeError("the CPU backend runs with 1, 8 or 16 lanes, not " + std::to_string(chosen.lanes));
  }
  return std::make_unique<CpuBackend>(chosen);
}

}  // namespace impasto
