#include "nets/plane_metrics.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/error.h"

namespace impasto {

void check_one_size(const Plane& a, const Plane& b) {
  if (a.width == b.width && a.height == b.height && a.pixels() > 0) return;
  const auto size = [](const Plane& p) { return std::to_string(p.width) + "x" + std::to_string(p.height); };
  throw ShapeError("planes of " + size(a) + " and " + size(b) + " cannot be compared pixel by pixel");
}

Plane luminance(const Picture& picture) {
  const std::size_t pixels = picture.pixels();
  Plane plane{picture.width, picture.height, std::vector<float>(pixels)};
  for (std::size_t i = 0; i < pixels; i++)
    plane.values[i] = 0.299f * picture.rgb[i] + 0.587f * picture.rgb[pixels + i] + 0.114f * picture.rgb[2 * pixels + i];
  return plane;
}

Plane min_max(Plane plane) {
  if (plane.values.empty()) return plane;
  const auto [least, most] = std::minmax_element(plane.values.begin(), plane.values.end());
  const float low = *least, range = *most - low;
  for (float& value : plane.values) value = range > 0 ? (value - low) / range : 0;
  return plane;
}

double mean_squared_difference(const Plane& a, const Plane& b) {
  check_one_size(a, b);
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); i++) {
    const double difference = double(a.values[i]) - b.values[i];
    sum += difference * difference;
  }
  return sum / double(a.pixels());
}

double correlation(const Plane& a, const Plane& b) {
  check_one_size(a, b);
  // From the first value on, so that the variance of a flat plane is exactly 0.
  const double first_a = a.values[0], first_b = b.values[0], count = double(a.pixels());
  double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.values.size(); i++) mean_a += (a.values[i] - first_a) / count, mean_b += (b.values[i] - first_b) / count;
  for (std::size_t i = 0; i < a.values.size(); i++) {
    const double x = a.values[i] - first_a - mean_a, y = b.values[i] - first_b - mean_b;
    aa += x * x, bb += y * y, ab += x * y;
  }
  return std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0);  // 0 / 0 of what is flat
}

}  // namespace impasto
