#include "nets/gaussian_blur.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace impasto {
namespace {

std::vector<double> window_of(double sigma, int radius) {
  std::vector<double> window;
  double sum = 0;
  for (int d = -radius; d <= radius; d++) sum += window.emplace_back(std::exp(-d * d / (2 * sigma * sigma)));
  for (double& weight : window) weight /= sum;
  return window;
}

// Along the rows, and written as columns: twice gives both axes.
std::vector<double> along_rows_turned(const std::vector<double>& values, int width, int height, const std::vector<double>& window) {
  const int radius = int(window.size()) / 2;
  std::vector<double> turned(values.size());
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const double* row = values.data() + std::ptrdiff_t(y) * width;
      double sum = 0;
      for (int d = -radius; d <= radius; d++) sum += window[std::size_t(d + radius)] * row[std::clamp(x + d, 0, width - 1)];
      turned[std::size_t(x) * std::size_t(height) + std::size_t(y)] = sum;
    }
  return turned;
}

}  // namespace

std::vector<double> gaussian_blur(const std::vector<double>& values, int width, int height, double sigma, int radius) {
  const std::vector<double> window = window_of(sigma, radius);
  return along_rows_turned(along_rows_turned(values, width, height, window), height, width, window);
}

}  // namespace impasto
