#include "kernels/plan/backend.h"

#include <sys/mman.h>

#include <cstring>

#include "kernels/cpu/convolutions.h"
#include "kernels/plan/launcher.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {
namespace {

// Address space without memory: pages appear only if somebody writes to them.
class UntouchedPool final : public Pool {
 public:
  ~UntouchedPool() override { trim(); }

 private:
  void* system_allocate(size_t bytes) override {
    void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return block == MAP_FAILED ? nullptr : block;
  }
  void system_release(void* block, size_t bytes, bool) noexcept override { munmap(block, bytes); }
};

class PlanBackend final : public SharedBackend<PlanLauncher> {
 public:
  explicit PlanBackend(const CpuOptions& options)
      : SharedBackend(PlanLauncher{}),
        lanes_(options.lanes),
        pool_(std::make_shared<UntouchedPool>()),
        convolutions_(*this, options, false) {}
  const char* name() const override { return "plan"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override { return activation_lanes(channels, lanes_); }
  void upload(const float*, Tensor&) override {}
  void download(const Tensor& x, void* host) override { std::memset(host, 0, x.bytes()); }

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

std::unique_ptr<Backend> make_plan_backend(CpuOptions options) {
  if (!options.lanes) options.lanes = cpu_lanes();
  return std::make_unique<PlanBackend>(options);
}

}  // namespace impasto
