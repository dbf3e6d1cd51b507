#include "kernels/cuda/backend.h"

#include "kernels/cuda/convolutions.h"
#include "kernels/cuda/launcher.h"
#include "kernels/cuda/pool.h"
#include "kernels/cuda/ranges.h"
#include "kernels/shared/convolving_backend.h"

namespace impasto {
namespace {

class CudaBackend final : public ConvolvingBackend<CudaLauncher, CudaConvolutions> {
 public:
  CudaBackend(std::shared_ptr<CudaDevice> device, const CudaOptions& options)
      : ConvolvingBackend(CudaLauncher(device->stream(), options.debug_sync)),
        device_(std::move(device)),
        pool_(std::make_shared<CudaPool>(device_)),
        convolutions_(*this, launcher_, options) {}

  const char* name() const override { return "cuda"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  // One group of lanes, so NHWC; eight bf16 are the 16 bytes that tensor cores want rows to begin at.
  int lanes_for(int channels) const override { return (channels + 7) / 8 * 8; }
  void synchronize() override { device_->synchronize(); }
  void upload(const float* host, Tensor& y) override { device_->upload(host, y.data<float>(), y.bytes()); }
  void download(const Tensor& x, void* host) override { device_->download(x.raw(), host, x.bytes()); }

 private:
  CudaConvolutions& convolutions() override { return convolutions_; }
  std::shared_ptr<CudaDevice> device_;
  std::shared_ptr<CudaPool> pool_;
  CudaConvolutions convolutions_;
};

}  // namespace

std::unique_ptr<Backend> make_backend_on_device(const CudaOptions& options) {
  return std::make_unique<NamedRanges>(std::make_unique<CudaBackend>(std::make_shared<CudaDevice>(), options));
}

}  // namespace impasto
