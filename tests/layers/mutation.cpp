// Whether the gradient check can fail: every primitive's result, scaled by 1.01, must be noticed by some layer's cases.
#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <set>

#include "engine/decorator.h"
#include "kernels/reference/reference.h"
#include "layers/run_case.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

/// Scales what one primitive writes (output number `which`) by 1.01; remembers which are called. Backward primitives, and those forward ones
/// whose outputs a gradient takes for granted: the moments of a convolution, and what a norm makes of them.
class Mutant final : public DecoratorBackend {
 public:
  using DecoratorBackend::DecoratorBackend;
  std::string target;
  size_t which = 0;
  std::map<std::string, size_t> outputs;  // of the primitives met

 protected:
  void around(const Call& call, const std::function<void()>& run) override {
    run();
    static const std::set<std::string> forward{"conv2d", "norm_factors", "scale_shift"};
    if (!std::strstr(call.primitive, "_backward") && !forward.count(call.primitive)) return;
    size_t index = 0;
    for (const Tensor* y : call.writes) {
      if (y) outputs[call.primitive] = std::max(outputs[call.primitive], index + 1);
      if (y && target == call.primitive && which == index) {
        Tensor spoilt = *y;
        inner_.unary(Unary::affine, 1.01, 0, *y, spoilt);
      }
      ++index;
    }
  }
};

template <class F>
bool any_case(F f) {
  for (const LayerCases& layer : all_layers()) {
    for (const Case& c : layer.cases) {
      if (!c.bench_only && f(c)) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("a primitive off by one per cent is noticed, for every backward primitive and output, and for moments and norms") {
  const auto reference = make_reference_backend(Dtype::f64);
  Mutant mutant(*reference);
  any_case([&](const Case& c) {
    run_case(c, mutant, {.activations = Dtype::f64});
    return false;
  });
  const std::map<std::string, size_t> met = mutant.outputs;
  CHECK(met.at("conv2d") == 3);  // y, mean, variance
  const std::set<std::string> wanted{"conv2d",
                                     "norm_factors",
                                     "scale_shift",
                                     "conv2d_backward_data",
                                     "conv2d_backward_weights",
                                     "unary_backward",
                                     "pad_backward",
                                     "max_pool_backward",
                                     "average_pool_backward",
                                     "upsample_nearest_backward",
                                     "resize_bilinear_backward",
                                     "norm_backward",
                                     "channel_moments_backward",
                                     "gram_backward",
                                     "total_variation_backward",
                                     "loss_backward"};
  for (const std::string& name : wanted) CHECK_MESSAGE(met.count(name), name << " is in no case");
  for (const auto& [name, outputs] : met) {
    for (size_t which = 0; which < outputs; ++which) {
      mutant.target = name;
      mutant.which = which;
      const bool noticed = any_case([&](const Case& c) { return gradient_error(c, mutant) > tolerance::gradient_f64; });
      CHECK_MESSAGE(noticed, name << ", output " << which << ", may be wrong by one per cent and nothing fails");
    }
  }
}
