#include "kernels/emulator/backend.h"

#include <cstring>

#include "kernels/cuda/channels_last_backend.h"
#include "kernels/emulator/launcher.h"
#include "kernels/emulator/plain_convolutions.h"

namespace impasto {
namespace {

class EmulatedRecording final : public Recording {
 public:
  EmulatedRecording(std::shared_ptr<Pool> pool, EmulatedStream& stream, const std::function<void()>& work)
      : blocks_(std::move(pool), [&] { launches_ = stream.recorded(work); }) {}
  void replay() override {
    for (const auto& launch : launches_) launch();
  }

 private:
  EmulatedStream::Work launches_;
  RecordedBlocks blocks_;
};

class EmulatedBackend final : public ChannelsLastBackend<EmulatedLauncher, ChannelsLastConvolutions> {
 public:
  EmulatedBackend(int lanes, EmulatedLauncher launcher, Dtype activations)
      : ChannelsLastBackend(launcher),
        lanes_(lanes),
        activations_(activations),
        pool_(std::make_shared<Pool>()),
        engine_(launcher),
        convolutions_(*this, engine_, {}) {}
  const char* name() const override { return "emulated"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override {
    if (lanes_ == 0) return (channels + 7) / 8 * 8;
    return channels == 1 ? 1 : lanes_;
  }
  Dtype activation_dtype() const override { return activations_; }
  std::unique_ptr<Recording> record(std::function<void()> work) override {
    return std::make_unique<EmulatedRecording>(pool_, *launcher_.stream, work);
  }
  void synchronize() override { may_not_record("wait for the device"); }
  void upload(const float* host, Tensor& y) override {
    if (y.stored() <= most_recorded_numbers) return write_numbers(host, y);
    may_not_record("take so many numbers from the host");
    std::memcpy(y.data<float>(), host, y.bytes());
  }
  void download(const Tensor& x, void* host) override {
    may_not_record("read numbers back");
    std::memcpy(host, x.raw(), x.bytes());
  }

 private:
  ChannelsLastConvolutions& convolutions() override { return convolutions_; }
  void may_not_record(const char* what) const {
    if (launcher_.stream->is_recording()) throw_not_recordable(what);
  }
  int lanes_;
  Dtype activations_;
  std::shared_ptr<Pool> pool_;
  PlainConvolutions engine_;
  ChannelsLastConvolutions convolutions_;
};

}  // namespace

std::unique_ptr<Backend> make_emulated_backend(int lanes, emulator::Settings settings, int threads, Dtype activations) {
  return std::make_unique<EmulatedBackend>(lanes, EmulatedLauncher{settings, threads}, activations);
}

}  // namespace impasto
