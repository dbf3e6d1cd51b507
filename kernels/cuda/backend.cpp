#include "kernels/cuda/backend.h"

#include "kernels/cuda/channels_last_backend.h"
#include "kernels/cuda/convolutions.h"
#include "kernels/cuda/graph.h"
#include "kernels/cuda/launcher.h"
#include "kernels/cuda/pool.h"
#include "kernels/cuda/ranges.h"
#include "kernels/cuda/stopwatch.h"

namespace impasto {
namespace {

class CudaBackend final : public ChannelsLastBackend<CudaLauncher, CudaConvolutions> {
 public:
  CudaBackend(std::shared_ptr<CudaDevice> device, const CudaOptions& options)
      : ChannelsLastBackend(CudaLauncher(device->stream(), options.debug_sync)),
        options_(options),
        device_(std::move(device)),
        pool_(std::make_shared<CudaPool>(device_)),
        convolutions_(*this, launcher_, options) {}

  const char* name() const override { return "cuda"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  // One group of lanes, so NHWC; eight bf16 are the 16 bytes that tensor cores want rows to begin at.
  int lanes_for(int channels) const override { return (channels + 7) / 8 * 8; }
  Dtype activation_dtype() const override { return options_.bf16 ? Dtype::bf16 : Dtype::f32; }
  void synchronize() override { device_->synchronize(); }
  std::unique_ptr<Stopwatch> stopwatch() override { return std::make_unique<CudaStopwatch>(device_->stream()); }
  std::unique_ptr<Recording> record(std::function<void()> work) override {
    if (options_.debug_sync) return Backend::record(std::move(work));  // each kernel is waited for
    return std::make_unique<CudaGraph>(device_, pool_, work);
  }
  void upload(const float* host, Tensor& y) override {
    if (y.stored() <= most_recorded_numbers) return write_numbers(host, y);
    device_->upload(host, y.data<float>(), y.bytes());
  }
  void download(const Tensor& x, void* host) override { device_->download(x.raw(), host, x.bytes()); }

 private:
  CudaConvolutions& convolutions() override { return convolutions_; }
  CudaOptions options_;
  std::shared_ptr<CudaDevice> device_;
  std::shared_ptr<CudaPool> pool_;
  CudaConvolutions convolutions_;
};

}  // namespace

std::unique_ptr<Backend> make_backend_on_device(const CudaOptions& options) {
  return std::make_unique<NamedRanges>(std::make_unique<CudaBackend>(std::make_shared<CudaDevice>(), options));
}

}  // namespace impasto
