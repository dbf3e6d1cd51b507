#include "kernels/emulator/backend.h"

#include <cstring>

#include "kernels/emulator/launcher.h"
#include "kernels/emulator/plain_convolutions.h"
#include "kernels/shared/convolving_backend.h"

namespace impasto {
namespace {

class EmulatedBackend final : public ConvolvingBackend<EmulatedLauncher, ChannelsLastConvolutions> {
 public:
  EmulatedBackend(int lanes, EmulatedLauncher launcher)
      : ConvolvingBackend(launcher), lanes_(lanes), pool_(std::make_shared<Pool>()), engine_(launcher), convolutions_(*this, engine_, {}) {}
  const char* name() const override { return "emulated"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override {
    if (lanes_ == 0) return (channels + 7) / 8 * 8;
    return channels == 1 ? 1 : lanes_;
  }
  void upload(const float* host, Tensor& y) override { std::memcpy(y.data<float>(), host, y.bytes()); }
  void download(const Tensor& x, void* host) override { std::memcpy(host, x.raw(), x.bytes()); }

 private:
  ChannelsLastConvolutions& convolutions() override { return convolutions_; }
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
