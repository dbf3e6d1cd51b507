#include "kernels/cuda/convolutions.h"

#include <limits>
#include <optional>

#include "kernels/cuda/check.h"
#include "kernels/cuda/convolution_plans.h"
#include "kernels/cuda/stopwatch.h"
#include "kernels/cuda/weights.h"

namespace impasto {
namespace {

constexpr size_t kept_plans = 512;

/// A handle of cuDNN on a stream, and what is kept by it.
class Cudnn {
 public:
  explicit Cudnn(cudaStream_t stream) {
    IMPASTO_CUDNN(cudnnCreate(&handle_));
    IMPASTO_CUDNN(cudnnSetStream(handle_, stream));
  }
  Cudnn(const Cudnn&) = delete;
  Cudnn& operator=(const Cudnn&) = delete;
  ~Cudnn() { cudnnDestroy(handle_); }
  cudnnHandle_t handle() const { return handle_; }

 private:
  cudnnHandle_t handle_ = nullptr;
};

/// What times depend on besides the convolution.
std::string timed_on() {
  int device = 0;
  cudaDeviceProp properties;
  IMPASTO_CUDA(cudaGetDevice(&device));
  IMPASTO_CUDA(cudaGetDeviceProperties(&properties, device));
  return std::string(properties.name) + ", cuDNN " + std::to_string(cudnnGetVersion());
}

class CudnnEngine final : public ConvolutionEngine {
 public:
  CudnnEngine(Backend& backend, const CudaLauncher& launcher, const CudaOptions& options)
      : backend_(backend), launcher_(launcher), options_(options) {}

  void run(const ConvolutionKey& key, const ConvolutionData& data) override {
    start();
    ConvolutionPlans::Timer timer;
    if (options_.autotune && !is_capturing()) timer = [&](const CudnnPlan& plan) { return seconds(plan, data); };
    run(plans_->plan(key, timer, tuned_ ? &*tuned_ : nullptr), data);
  }
  void pack(const WeightLayout& layout, const Tensor& w, Tensor& packed) override { pack_weights(launcher_, layout, w, packed); }
  void unpack(const WeightLayout& layout, const Tensor& packed, Out dw) override { unpack_weights(launcher_, layout, packed, dw); }

 private:
  void start() {
    if (plans_) return;
    cudnn_.emplace(launcher_.stream());
    plans_.emplace(CudnnDevice(cudnn_->handle()), kept_plans, options_.most_workspace);
    if (!options_.tuned_plans.empty()) tuned_.emplace(options_.tuned_plans, timed_on());
  }

  /// Then nothing runs, and so nothing can be timed.
  bool is_capturing() const {
    cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
    IMPASTO_CUDA(cudaStreamIsCapturing(launcher_.stream(), &status));
    return status != cudaStreamCaptureStatusNone;
  }

  void run(const CudnnPlan& plan, const ConvolutionData& data) {
    Tensor space;
    if (plan.workspace_bytes() > 0) space = Tensor(backend_, {1, 1, 1, int((plan.workspace_bytes() + 3) / 4)});
    run_convolution(cudnn_->handle(), plan, data, space.defined() ? space.raw() : nullptr);
  }

  /// Infinite for a plan that does not run here, because its workspace finds no memory, say.
  double seconds(const CudnnPlan& plan, const ConvolutionData& data) {
    constexpr int runs = 3;
    try {
      run(plan, data);  // whatever is done once only
      CudaStopwatch stopwatch(launcher_.stream());
      for (int i = 0; i < runs; i++) run(plan, data);
      stopwatch.stop();
      return stopwatch.seconds() / runs;
    } catch (const Error&) {
      return std::numeric_limits<double>::infinity();
    }
  }

  Backend& backend_;
  const CudaLauncher& launcher_;
  CudaOptions options_;
  std::optional<Cudnn> cudnn_;
  std::optional<ConvolutionPlans> plans_;
  std::optional<TunedPlans> tuned_;
};

}  // namespace

CudaConvolutions::CudaConvolutions(Backend& backend, const CudaLauncher& launcher, const CudaOptions& options)
    : engine_(std::make_unique<CudnnEngine>(backend, launcher, options)),
      convolutions_(backend, *engine_, {options.tf32, options.deterministic}) {}

CudaConvolutions::~CudaConvolutions() = default;

}  // namespace impasto
