// Times the Winograd convolutions: a line a shape and direction, with the rate counted as direct convolution, its ratio to the FMA peak
// measured in the same run (the best so far, as every time is the best of many) and the relative error against f64 at sampled values.
// winograd [threads] [repeats]
#include "kernels/cpu/winograd.h"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace {
using namespace impasto;

#ifdef __AVX512F__
constexpr int L = 16;
#else
constexpr int L = 8;
#endif
typedef float Vector __attribute__((vector_size(4 * L)));

struct Free {
  void operator()(float* p) const { std::free(p); }
};
using Buffer = std::unique_ptr<float[], Free>;
Buffer buffer(std::size_t floats) {
  const std::size_t page = 1 << 21;
  return Buffer(static_cast<float*>(std::aligned_alloc(page, (floats * sizeof(float) / page + 1) * page)));
}
Buffer normal(std::size_t floats, float scale, unsigned seed) {
  Buffer b = buffer(floats);
  std::mt19937 random(seed);
  std::normal_distribution<float> draw(0.0f, scale);
  for (std::size_t i = 0; i < floats; i++) b[i] = draw(random);
  return b;
}

template <class F>
double best_seconds(int repeats, const F& run) {
  double best = 1e9;
  for (int i = 0; i <= repeats; i++) {
    const auto start = std::chrono::steady_clock::now();
    run();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

/// GFLOP/s of fused multiply-adds that touch nothing but registers.
double fma_peak(int threads) {
  const long n = 20000000;
  const double seconds = best_seconds(4, [&] {
#pragma omp parallel num_threads(threads)
    {
      Vector sum[12] = {}, a = Vector{} + 1.0000001f, b = Vector{} + 1e-9f;
      for (long i = 0; i < n; i++)
#pragma GCC unroll 12
        for (int j = 0; j < 12; j++) {
          sum[j] = sum[j] * a + b;
          asm volatile("" : "+x"(sum[j]));
        }
    }
  });
  return threads * double(n) * 12 * L * 2 / seconds * 1e-9;
}

struct Bench {
  WinogradShape s;
  int threads, repeats;
  double peak;
  std::mt19937 random{1};

  int below(int n) { return int(random() % unsigned(n)); }
  static std::size_t at(int n, int c, int y, int x, int channels, int h, int w) {
    return (((std::size_t(n) * (channels / L) + c / L) * h + y) * w + x) * L + c % L;
  }

  void line(const char* direction, double seconds, double error) const {
    const double flops = 2.0 * 9 * s.n * s.c * s.k * s.out_h() * s.out_w(), rate = flops / seconds * 1e-9;
    std::printf("winograd %-16s f32  %dx%d->%dx%dx%d  %8.2f ms  %6.0f GFLOP/s  %.2f of the FMA peak  error %.1e\n", direction, s.n, s.c,
                s.k, s.h, s.w, seconds * 1e3, rate, rate / peak, error);
    std::fflush(stdout);
  }

  void convolution(const char* name, const WinogradShape& shape, const float* weights, bool gradient) {
    const Buffer x = normal(std::size_t(shape.n) * shape.c * shape.h * shape.w, 1, 1),
                 y = buffer(std::size_t(shape.n) * shape.k * shape.h * shape.w);
    const Buffer packed = buffer(winograd_packed_size(s.k, s.c, L)), work = buffer(winograd_workspace(shape, L, threads) / sizeof(float));
    winograd_pack_weights(weights, s.k, s.c, gradient, L, packed.get());
    const double seconds =
        best_seconds(repeats, [&] { winograd_convolve(shape, L, x.get(), packed.get(), y.get(), {}, work.get(), threads); });
    double wrong = 0, norm = 0;
    for (int sample = 0; sample < 500; sample++) {
      const int n = below(shape.n), k = below(shape.k), oy = below(shape.h), ox = below(shape.w);
      double sum = 0;
      for (int c = 0; c < shape.c; c++)
        for (int p = 0; p < 9; p++) {
          const int iy = oy + p / 3 - 1, ix = ox + p % 3 - 1;
          if (iy < 0 || ix < 0 || iy >= shape.h || ix >= shape.w) continue;
          const float w = gradient ? weights[(std::size_t(c) * shape.k + k) * 9 + 8 - p] : weights[(std::size_t(k) * shape.c + c) * 9 + p];
          sum += double(w) * x[at(n, c, iy, ix, shape.c, shape.h, shape.w)];
        }
      const double d = y[at(n, k, oy, ox, shape.k, shape.h, shape.w)] - sum;
      wrong += d * d, norm += sum * sum;
    }
    line(name, seconds, std::sqrt(wrong / norm));
  }

  void weight_gradient() {
    const Buffer x = normal(std::size_t(s.n) * s.c * s.h * s.w, 1, 1), dy = normal(std::size_t(s.n) * s.k * s.h * s.w, 1, 2);
    const Buffer dw = buffer(std::size_t(s.k) * s.c * 9), work = buffer(winograd_weight_gradient_workspace(s, L) / sizeof(float));
    const double seconds =
        best_seconds(repeats, [&] { winograd_weight_gradient(s, L, x.get(), dy.get(), nullptr, dw.get(), false, work.get(), threads); });
    double wrong = 0, norm = 0;
    for (int sample = 0; sample < 40; sample++) {
      const int k = below(s.k), c = below(s.c), p = below(9);
      double sum = 0;
      for (int n = 0; n < s.n; n++)
        for (int oy = 0; oy < s.h; oy++)
          for (int ox = 0; ox < s.w; ox++) {
            const int iy = oy + p / 3 - 1, ix = ox + p % 3 - 1;
            if (iy < 0 || ix < 0 || iy >= s.h || ix >= s.w) continue;
            sum += double(dy[at(n, k, oy, ox, s.k, s.h, s.w)]) * x[at(n, c, iy, ix, s.c, s.h, s.w)];
          }
      const double d = dw[(std::size_t(k) * s.c + c) * 9 + p] - sum;
      wrong += d * d, norm += sum * sum;
    }
    line("weight gradient", seconds, std::sqrt(wrong / norm));
  }
};
}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : std::min(2, omp_get_max_threads()), repeats = argc > 2 ? std::atoi(argv[2]) : 15;
  double peak = 0;
  const int shapes[][4] = {{4, 64, 64, 256},  {4, 128, 128, 128}, {4, 256, 256, 64}, {4, 512, 512, 32},
                           {4, 128, 128, 64}, {1, 64, 64, 512},   {1, 512, 512, 64}};
  for (const auto& [n, c, k, size] : shapes) {
    const WinogradShape s{n, c, k, size, size, 1, 1, 1, 1};
    peak = std::max(peak, fma_peak(threads));
    std::printf("FMA peak %.0f GFLOP/s, %d threads, %d lanes\n", peak, threads, L);
    Bench bench{s, threads, repeats, peak};
    const Buffer weights = normal(std::size_t(c) * k * 9, 0.05f, 3);
    bench.convolution("forward", s, weights.get(), false);
    bench.convolution("data gradient", winograd_data_gradient(s), weights.get(), true);
    bench.weight_gradient();
  }
}
