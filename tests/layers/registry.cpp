// The registry of cases on every backend: gradients in f64, the CPU and the emulated CUDA form against the reference.
#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "kernels/reference/reference.h"
#include "tests/layers/against_reference.h"
#include "tests/tolerance.h"

using namespace impasto;

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

TEST_CASE("the CUDA form is exact on whole numbers") { check_against_reference(*make_emulated_backend(8), {.integers = true}, 0); }

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
