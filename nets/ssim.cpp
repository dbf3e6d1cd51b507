#include "nets/ssim.h"

#include <algorithm>
#include <string>

#include "engine/error.h"
#include "nets/gaussian_blur.h"
#include "nets/plane_metrics.h"

namespace impasto {
namespace {

constexpr int radius = 5;
constexpr double sigma = 1.5, c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;

std::vector<double> weighted_products(const Plane& a, const Plane& b) {
  std::vector<double> products(a.values.size());
  for (std::size_t i = 0; i < products.size(); i++) products[i] = double(a.values[i]) * b.values[i];
  return gaussian_blur(products, a.width, a.height, sigma, radius);
}

std::vector<double> weighted_means(const Plane& a) {
  return gaussian_blur({a.values.begin(), a.values.end()}, a.width, a.height, sigma, radius);
}

}  // namespace

double ssim(const Plane& x, const Plane& y) {
  check_one_size(x, y);
  if (std::min(x.width, x.height) <= 2 * radius)
    throw ShapeError("a picture of " + std::to_string(x.width) + "x" + std::to_string(x.height) +
                     " is smaller than the window of SSIM, 11x11");
  const std::vector<double> mx = weighted_means(x), my = weighted_means(y), xx = weighted_products(x, x), yy = weighted_products(y, y),
                            xy = weighted_products(x, y);
  double sum = 0;
  for (int row = radius; row < x.height - radius; row++)
    for (int column = radius; column < x.width - radius; column++) {
      const std::size_t i = std::size_t(row) * std::size_t(x.width) + std::size_t(column);
      const double variances = xx[i] - mx[i] * mx[i] + yy[i] - my[i] * my[i], covariance = xy[i] - mx[i] * my[i];
      sum += (2 * mx[i] * my[i] + c1) * (2 * covariance + c2) / ((mx[i] * mx[i] + my[i] * my[i] + c1) * (variances + c2));
    }
  return sum / (double(x.width - 2 * radius) * (x.height - 2 * radius));
}

}  // namespace impasto
