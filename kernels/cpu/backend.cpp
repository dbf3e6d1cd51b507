#include "kernels/cpu/backend.h"

#include <cstring>

#include "kernels/cpu/convolutions.h"
#include "kernels/cpu/launcher.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {
namespace {

class CpuBackend final : public SharedBackend<CpuLauncher> {
 public:
  explicit CpuBackend(const CpuOptions& options)
      : SharedBackend(CpuLauncher{}), lanes_(options.lanes), pool_(std::make_shared<Pool>()), convolutions_(*this, options, true) {}

  const char* name() const override { return "cpu"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override { return activation_lanes(channels, lanes_); }

  void upload(const float* host, Tensor& y) override { std::memcpy(y.data<float>(), host, y.bytes()); }
  void download(const Tensor& x, void* host) override { std::memcpy(host, x.raw(), x.bytes()); }

  void conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) override {
    convolutions_.forward(x, w, params, in, out, y);
  }
  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) override {
    convolutions_.backward_data(dy, w, params, mask, dx);
  }
  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in, const Tensor* mask,
                               Out dw) override {
    convolutions_.backward_weights(x, dy, params, in, mask, dw);
  }

 private:
  int lanes_;
  std::shared_ptr<Pool> pool_;
  Convolutions convolutions_;
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
