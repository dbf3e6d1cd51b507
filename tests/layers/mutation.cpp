// Whether the gradient check can fail: every primitive's result, scaled by 1.01, must be noticed by some layer's cases.
#include <doctest/doctest.h>

#include <algorithm>
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
  std::set<std::string> called;           // by the case at hand

 protected:
  void around(const Call& call, const std::function<void()>& run) override {
    run();
    static const std::set<std::string> forward{"conv2d", "norm_factors", "scale_shift"};
    if (!std::strstr(call.primitive, "_backward") && !forward.count(call.primitive)) return;
    called.insert(call.primitive);
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

/// The cases that call each primitive; only these can notice that it is wrong.
std::map<std::string, std::vector<const Case*>> cases_by_primitive(Mutant& mutant) {
  std::map<std::string, std::vector<const Case*>> cases;
  for (const LayerCases& layer : all_layers()) {
    for (const Case& c : layer.cases) {
      if (c.bench_only) continue;
      mutant.called.clear();
      run_case(c, mutant, {.activations = Dtype::f64});
      for (const std::string& name : mutant.called) cases[name].push_back(&c);
    }
  }
  return cases;
}

}  // namespace

TEST_CASE("a primitive off by one per cent is noticed, for every backward primitive and output, and for moments and norms") {
  const auto reference = make_reference_backend(Dtype::f64);
  Mutant mutant(*reference);
  const auto cases = cases_by_primitive(mutant);
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
                                     "loss_backward",
                                     "ranking_backward"};
  for (const std::string& name : wanted) CHECK_MESSAGE(met.count(name), name << " is in no case");
  for (const auto& [name, outputs] : met) {
    for (size_t which = 0; which < outputs; ++which) {
      mutant.target = name;
      mutant.which = which;
      const bool noticed = std::any_of(cases.at(name).begin(), cases.at(name).end(),
                                       [&](const Case* c) { return gradient_error(*c, mutant) > tolerance::gradient_f64; });
      CHECK_MESSAGE(noticed, name << ", output " << which << ", may be wrong by one per cent and nothing fails");
    }
  }
}
