// The registry of cases on every backend: gradients in f64, the CPU and the emulated CUDA form against the reference.
#include <doctest/doctest.h>

#include <iostream>
#include <set>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "kernels/reference/reference.h"
#include "layers/run_case.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

template <class F>
void for_cases(F f) {
  for (const LayerCases& layer : all_layers()) {
    for (const Case& c : layer.cases) {
      if (c.bench_only) continue;
      CAPTURE(layer.layer);
      CAPTURE(c.name);
      f(layer, c);
    }
  }
}

double case_error(const CaseResult& found, const CaseResult& wanted) {
  double worst = relative_error(found.y, wanted.y);
  for (size_t i = 0; i < wanted.gradients.size(); ++i) worst = std::max(worst, relative_error(found.gradients[i], wanted.gradients[i]));
  return worst;
}

/// Every case on `backend`, whose fresh tensors hold NaN and whose overruns are counted, against the reference.
/// Layers whose primitives the backend lacks are counted and named.
void check_against_reference(Backend& backend, const CaseNumbers& numbers, double bound) {
  const auto reference = make_reference_backend();
  backend.pool()->set_guarded(true);
  std::set<std::string> lacking;
  int run = 0;
  for_cases([&](const LayerCases& layer, const Case& c) {
    if (numbers.integers && !c.exact_on_integers) return;
    CaseNumbers wide = numbers;
    wide.activations = Dtype::f32;
    const CaseResult wanted = run_case(c, *reference, wide);
    try {
      const CaseResult found = run_case(c, backend, numbers);
      ++run;
      if (bound == 0) {
        CHECK(found.y == wanted.y);
        CHECK(found.gradients == wanted.gradients);
      } else {
        CHECK(case_error(found, wanted) <= bound);
      }
      CHECK(found.padding_clean);
    } catch (const MissingPrimitive& missing) {
      lacking.insert(layer.layer + " (" + missing.what() + ")");
    }
  });
  CHECK(backend.pool()->damaged() == 0);
  CHECK(run > 50);
  for (const std::string& text : lacking) std::cout << "skipped on " << backend.name() << ": " << text << "\n";
}

}  // namespace

TEST_CASE("every layer's gradient agrees with central differences") {
  const auto reference = make_reference_backend(Dtype::f64);
  for_cases([&](const LayerCases&, const Case& c) { CHECK(gradient_error(c, *reference) <= tolerance::gradient_f64); });
}

TEST_CASE("every layer has cases, words and a bench case") {
  for (const LayerCases& layer : all_layers()) {
    CAPTURE(layer.layer);
    CHECK(layer.cases.size() >= 2);
    CHECK(!layer.forward.empty());
    CHECK(!layer.gradient.empty());
    CHECK(!layer.derivation.empty());
  }
}

TEST_CASE("cpu agrees with the reference, in every layout") {
  for (int lanes : {1, 8, 16}) {
    CAPTURE(lanes);
    check_against_reference(*make_cpu_backend({.lanes = lanes}), {}, tolerance::winograd_f32);
  }
}

TEST_CASE("cpu is exact on whole numbers") {
  for (int lanes : {1, 8, 16}) {
    CAPTURE(lanes);
    check_against_reference(*make_cpu_backend({.lanes = lanes, .winograd = false}), {.integers = true}, 0);
  }
}

TEST_CASE("cpu agrees with the reference in bf16") {
  check_against_reference(*make_cpu_backend(), {.activations = Dtype::bf16}, tolerance::bf16);
}

TEST_CASE("the CUDA form of every kernel, emulated, agrees with the reference") {
  for (int lanes : {1, 8, 16, 0}) {
    CAPTURE(lanes);
    check_against_reference(*make_emulated_backend(lanes), {}, tolerance::f32);
  }
}

TEST_CASE("the CUDA form is exact on whole numbers") {
  for (int lanes : {8, 0}) {
    CAPTURE(lanes);
    check_against_reference(*make_emulated_backend(lanes), {.integers = true}, 0);
  }
}

TEST_CASE("the CUDA form works in bf16") {
  check_against_reference(*make_emulated_backend(0), {.activations = Dtype::bf16}, tolerance::bf16);
}

TEST_CASE("no kernel depends on the order of its threads") {
  const auto forward = make_emulated_backend(8), reverse = make_emulated_backend(8, {.order = emulator::Order::reverse}),
             shuffled = make_emulated_backend(8, {.order = emulator::Order::shuffled, .seed = 7, .poison = 0x7f});
  for_cases([&](const LayerCases&, const Case& c) {
    try {
      const CaseResult expected = run_case(c, *forward);
      for (Backend* other : {reverse.get(), shuffled.get()}) {
        const CaseResult found = run_case(c, *other);
        CHECK(found.y == expected.y);
        CHECK(found.gradients == expected.gradients);
      }
    } catch (const MissingPrimitive&) {
      return;  // named by the comparison with the reference
    }
  });
}
