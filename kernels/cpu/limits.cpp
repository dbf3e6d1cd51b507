#include "kernels/cpu/limits.h"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace impasto {
namespace {

#if defined(__AVX512F__)
constexpr int kWidth = 16;
#else
constexpr int kWidth = 8;
#endif
typedef float Vector __attribute__((vector_size(4 * kWidth)));

template <class F> double best_seconds(int repeats, F run) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (int i = 0; i < repeats; ++i) {
    const auto begin = Clock::now();
    run();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

}  // namespace

double fma_peak_gflops() {
  constexpr int64_t rounds = 4000000;
  const double seconds = best_seconds(6, [] {
#pragma omp parallel
    {
      Vector sum[12] = {}, a = Vector{} + 1.0000001f, b = Vector{} + 1e-9f;
      for (int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
        for (int j = 0; j < 12; ++j) {
          sum[j] = sum[j] * a + b;
#if defined(__x86_64__)
          asm volatile("" : "+x"(sum[j]));  // keeps the chain of each sum, and nothing else
#endif
        }
      }
    }
  });
  return omp_get_max_threads() * double(rounds) * 12 * kWidth * 2 / seconds * 1e-9;
}

double copy_gbps() {
  const int64_t count = int64_t(32) << 20;  // 128 MB a side
  std::vector<float> from(size_t(count), 1.0f), to(size_t(count), 0.0f);
  const float* x = from.data();
  float* y = to.data();
  const double seconds = best_seconds(6, [=] {
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; i += kWidth) {
      Vector v;
      __builtin_memcpy(&v, x + i, sizeof v);
      __builtin_memcpy(y + i, &v, sizeof v);
    }
  });
  return 2.0 * double(count) * 4 / seconds * 1e-9;
}

}  // namespace impasto
