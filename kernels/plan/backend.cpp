#include "kernels/plan/backend.h"

#include <omp.h>
#include <sys/mman.h>

#include <cstring>

#include "kernels/cpu/backend.h"
#include "kernels/cpu/convolution.h"
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
  void system_release(void* block, size_t bytes) noexcept override { munmap(block, bytes); }
};

class PlanBackend final : public SharedBackend<PlanLauncher> {
 public:
  explicit PlanBackend(int lanes) : SharedBackend(PlanLauncher{}), lanes_(lanes), pool_(std::make_shared<UntouchedPool>()) {}
  const char* name() const override { return "plan"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override { return activation_lanes(channels, lanes_); }
  void upload(const float*, Tensor&) override {}
  void download(const Tensor& x, void* host) override { std::memset(host, 0, x.bytes()); }

  void conv2d(const Tensor& x, const Tensor& w, const Tensor*, const ConvParams& params, bool, Out y) override {
    const Shape k = w.shape();
    if (!winograd_serves(params, x, y.tensor, k, lanes_)) {
      if (direct_serves(params, x, y.tensor, k, lanes_)) return direct(direct_forward(params, x, y.tensor, k, lanes_, true), w);
      if (params.padding != Padding::zero) conv2d(padded(*this, x, params), w, nullptr, without_pads(params), false, y);
      return;
    }
    const WinogradShape shape = winograd_shape(x.shape(), k.n, params);
    Tensor space = floats((winograd_workspace(shape, lanes_, omp_get_max_threads()) + 3) / 4);
    w.derived("winograd forward", [&] { return floats(winograd_packed_size(k.n, k.c, lanes_)); });
  }
  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor*, Out dx) override {
    const Shape k = w.shape();
    if (!winograd_serves(params, dx.tensor, dy, k, lanes_)) {
      if (direct_serves_data_gradient(params, dx.tensor, dy, k, lanes_)) {
        direct(direct_data_gradient(params, dx.tensor, dy, k, lanes_, true), w);
      }
      return;
    }
    const WinogradShape turned = winograd_data_gradient(winograd_shape(dx.tensor.shape(), k.n, params));
    Tensor space = floats((winograd_workspace(turned, lanes_, omp_get_max_threads()) + 3) / 4);
    w.derived("winograd data gradient", [&] { return floats(winograd_packed_size(k.n, k.c, lanes_)); });
  }
  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const Tensor*, Out dw) override {
    if (!winograd_serves(params, x, dy, dw.tensor.shape(), lanes_)) {
      if (!direct_serves_weight_gradient(params, x, dy, dw.tensor.shape(), lanes_)) return;
      const DirectConvolution direct = direct_forward(params, x, dy, dw.tensor.shape(), lanes_, true);
      Tensor space = floats((direct_weight_gradient_workspace(direct.shape, direct.lanes, omp_get_max_threads()) + 3) / 4);
      return;
    }
    const WinogradShape shape = winograd_shape(x.shape(), dy.shape().c, params);
    Tensor space = floats((winograd_weight_gradient_workspace(shape, lanes_) + 3) / 4);
  }

 private:
  void direct(const DirectConvolution& c, const Tensor& w) {
    const Tensor packed = w.derived(c.weights_key(), [&] { return floats(direct_packed_size(c.shape, c.lanes)); });
    Tensor space = floats((direct_workspace(c.shape, c.lanes, omp_get_max_threads()) + 3) / 4);
  }
  Tensor floats(size_t count) { return Tensor(*this, {1, 1, 1, int(count)}); }
  int lanes_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace

std::unique_ptr<Backend> make_plan_backend(int lanes) { return std::make_unique<PlanBackend>(lanes ? lanes : cpu_lanes()); }

}  // namespace impasto
