#include "nets/saliency.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include "loaders/resize.h"
#include "nets/gaussian_blur.h"
#include "nets/plane_metrics.h"

namespace impasto {
namespace {

constexpr int n = saliency_side;
using Complex = std::complex<double>;
using Spectrum = std::vector<Complex>;  // [n, n]

std::size_t at(int row, int column) { return std::size_t(row * n + column); }

// y = (x W)^T with W_jk = exp(sign 2 pi i j k / n): twice gives W x W, the transform along both axes.
Spectrum turned_product(const Spectrum& x, int sign) {
  std::array<Complex, n> turns;
  for (int j = 0; j < n; j++) turns[std::size_t(j)] = std::polar(1.0, sign * 2 * std::numbers::pi * j / n);
  Spectrum y(x.size());
  for (int row = 0; row < n; row++)
    for (int k = 0; k < n; k++) {
      Complex sum = 0;
      for (int j = 0; j < n; j++) sum += x[at(row, j)] * turns[std::size_t(j * k % n)];
      y[at(k, row)] = sum;
    }
  return y;
}

Spectrum transform(const Spectrum& x, int sign) { return turned_product(turned_product(x, sign), sign); }

constexpr double least_amplitude = 1e-3;  // below what rounding to 8 bits leaves, above what resampling in f32 does

std::vector<double> log_amplitude(const Spectrum& f) {
  std::vector<double> logs;
  for (const Complex& each : f) logs.push_back(std::log(std::max(std::abs(each), least_amplitude)));
  return logs;
}

double mean_around(const std::vector<double>& values, int row, int column) {
  double sum = 0;
  for (int r = row - 1; r <= row + 1; r++)
    for (int c = column - 1; c <= column + 1; c++) sum += values[at(std::clamp(r, 0, n - 1), std::clamp(c, 0, n - 1))];
  return sum / 9;
}

Spectrum residual(const Spectrum& f) {
  const std::vector<double> logs = log_amplitude(f);
  Spectrum y(f.size());
  for (int row = 0; row < n; row++)
    for (int column = 0; column < n; column++) {
      const std::size_t i = at(row, column);
      if (const double amplitude = std::abs(f[i]); amplitude >= least_amplitude)
        y[i] = f[i] / amplitude * std::exp(logs[i] - mean_around(logs, row, column));
    }
  return y;
}

}  // namespace

Plane saliency(const Picture& picture) {
  const Plane small = luminance(resize(picture, n, n));
  const Spectrum back = transform(residual(transform({small.values.begin(), small.values.end()}, -1)), 1);
  std::vector<double> power;
  for (const Complex& each : back) power.push_back(std::norm(each));
  const std::vector<double> smooth = gaussian_blur(power, n, n, 2.5, 8);
  return min_max({n, n, {smooth.begin(), smooth.end()}});
}

}  // namespace impasto
