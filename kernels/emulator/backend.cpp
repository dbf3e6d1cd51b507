#include "kernels/emulator/backend.h"

#include <cstring>

#include "kernels/emulator/launcher.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {
namespace {

class EmulatedBackend final : public SharedBackend<EmulatedLauncher> {
 public:
  EmulatedBackend(int lanes, EmulatedLauncher launcher)
      : SharedBackend(std::move(launcher)), lanes_(lanes), pool_(std::make_shared<Pool>()) {}
  const char* name() const override { return "emulated"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override {
    if (lanes_ == 0) return (channels + 7) / 8 * 8;
    return channels == 1 ? 1 : lanes_;
  }
  void upload(const float* host, Tensor& y) override { std::memcpy(y.data<float>(), host, y.bytes()); }
  void download(const Tensor& x, void* host) override { std::memcpy(host, x.raw(), x.bytes()); }
  void conv2d(const Tensor&, const Tensor&, const ConvParams&, const ConvInput&, const ConvOutput&, Out) override { lacking("conv2d"); }
  void conv2d_backward_data(const Tensor&, const Tensor&, const ConvParams&, const Tensor*, Out) override {
    lacking("conv2d_backward_data");
  }
  void conv2d_backward_weights(const Tensor&, const Tensor&, const ConvParams&, const ConvInput&, const Tensor*, Out) override {
    lacking("conv2d_backward_weights");
  }

 private:
  [[noreturn]] static void lacking(const char* primitive) { throw MissingPrimitive(primitive, "emulated"); }
  int lanes_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace

std::unique_ptr<Backend> make_emulated_backend(int lanes, emulator::Settings settings, int threads) {
  return std::make_unique<EmulatedBackend>(lanes, EmulatedLauncher{settings, threads});
}

}  // namespace impasto
