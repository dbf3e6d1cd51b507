// For tests that need a GPU: without one they are skipped with the reason, or fail where the environment says IMPASTO_REQUIRE_GPU=1.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "kernels/cuda_module.h"

namespace impasto {

inline bool no_gpu() {
  const CudaStatus& cuda = cuda_status();
  if (cuda.works()) return false;
  const char* required = std::getenv("IMPASTO_REQUIRE_GPU");
  if (required && std::string(required) == "1")
    FAIL("IMPASTO_REQUIRE_GPU=1, and there is no GPU to test on: " << cuda.problem);
  else
    MESSAGE("skipped, there is no GPU to test on: " << cuda.problem);
  return true;
}

}  // namespace impasto
