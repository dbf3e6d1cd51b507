#include "kernels/emulator/backend.h"

#include <cstring>

#include "kernels/emulator/launcher.h"
#include "kernels/emulator/plain_convolutions.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {
namespace {

class EmulatedBackend final : public SharedBackend<EmulatedLauncher> {
 public:
  EmulatedBackend(int lanes, EmulatedLauncher launcher)
      : SharedBackend(launcher), lanes_(lanes), pool_(std::make_shared<Pool>()), engine_(launcher), convolutions_(*this, engine_, {}) {}
  const char* name() const override { return "emulated"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override {
    if (lanes_ == 0) return (channels + 7) / 8 * 8;
    return channels == 1 ? 1 : lanes_;
  }
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
  PlainConvolutions engine_;
  ChannelsLastConvolutions convolutions_;
};

}  // namespace

std::unique_ptr<Backend> make_emulated_backend(int lanes, emulator::Settings settings, int threads) {
  return std::make_unique<EmulatedBackend>(lanes, EmulatedLauncher{settings, threads});
}

}  // namespace impasto
