#include "kernels/plan/backend.h"

#include <sys/mman.h>

#include <cstring>

#include "kernels/cpu/convolution_backend.h"
#include "kernels/plan/launcher.h"

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

class PlanBackend final : public ConvolutionBackend<PlanLauncher> {
 public:
  explicit PlanBackend(const CpuOptions& options) : ConvolutionBackend(options, std::make_shared<UntouchedPool>(), false) {}
  const char* name() const override { return "plan"; }
  void upload(const float*, Tensor&) override {}
  void download(const Tensor& x, void* host) override { std::memset(host, 0, x.bytes()); }
};

}  // namespace

std::unique_ptr<Backend> make_plan_backend(CpuOptions options) {
  if (!options.lanes) options.lanes = cpu_lanes();
  return std::make_unique<PlanBackend>(options);
}

}  // namespace impasto
