// CUDA modules without CUDA: one built from other sources, one whose device will not do, and one that works, by the processor.
#include "kernels/cuda/module.h"

#include <fstream>

#include "engine/decorator.h"
#include "impasto_interface.h"
#include "kernels/cpu/backend.h"

namespace {

class OnProcessor final : public impasto::DecoratorBackend {
 public:
  OnProcessor(std::unique_ptr<impasto::Backend> cpu, const impasto::CudaOptions& options)
      : DecoratorBackend(*cpu), own_(std::move(cpu)), bf16_(options.bf16) {
    if (!options.tuned_plans.empty()) std::ofstream(options.tuned_plans, std::ios::app) << (options.autotune ? "tuned\n" : "read\n");
  }
  const char* name() const override { return "cuda"; }
  impasto::Dtype activation_dtype() const override { return bf16_ ? impasto::Dtype::bf16 : impasto::Dtype::f32; }

 protected:
  void around(const Call&, const std::function<void()>& run) override { run(); }

 private:
  std::unique_ptr<impasto::Backend> own_;
  bool bf16_;
};

}  // namespace

#if defined(IMPASTO_FAKE_other_sources)
extern "C" const char impasto_cuda_interface[] = "another";
#else
extern "C" const char impasto_cuda_interface[] = IMPASTO_INTERFACE;
#endif

extern "C" void impasto_cuda_open(const impasto::CudaOptions* options, impasto::ModuleReply& reply) noexcept {
  reply.device = {"a GPU made of paper", 8'000'000'000, 7, 5, 13000, 13000, 91900};
#if defined(IMPASTO_FAKE_refuses)
  reply.problem = "the GPU is too thin";
  (void)options;
#else
  if (options) reply.backend = std::make_unique<OnProcessor>(impasto::make_cpu_backend(), *options);
#endif
}
