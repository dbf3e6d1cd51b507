// The registry of cases on a GPU, against the reference: every layer, forward and backward.
#include <doctest/doctest.h>

#include "tests/cuda/gpu.h"
#include "tests/layers/against_reference.h"
#include "tests/tolerance.h"

using namespace impasto;

TEST_SUITE_BEGIN("gpu");

TEST_CASE("cuda agrees with the reference in f32") {
  if (no_gpu()) return;
  check_against_reference(*make_cuda_backend(), {}, tolerance::winograd_f32);
}

TEST_CASE("cuda agrees with the reference in TF32, within what bf16 may err") {
  if (no_gpu()) return;
  check_against_reference(*make_cuda_backend({.tf32 = true}), {}, tolerance::bf16);
}

TEST_CASE("cuda agrees with the reference in bf16") {
  if (no_gpu()) return;
  check_against_reference(*make_cuda_backend(), {.activations = Dtype::bf16}, tolerance::bf16);
}

TEST_CASE("deterministic: the same bits in every run, waiting for each kernel or not") {
  if (no_gpu()) return;
  const auto one = make_cuda_backend({.deterministic = true}), other = make_cuda_backend({.deterministic = true, .debug_sync = true});
  for_cases([&](const LayerCases&, const Case& c) {
    const CaseResult first = run_case(c, *one), second = run_case(c, *other);
    CHECK(first.y == second.y);
    CHECK(first.gradients == second.gradients);
  });
}

TEST_SUITE_END();
