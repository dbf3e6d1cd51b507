// One pass for all thresholds: a pixel of the result counts up to its own value, a pixel of the photo is met up to the greatest value around.
#include "nets/edge_metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "nets/plane_metrics.h"

namespace impasto {
namespace {

// The greatest value within `reach` of each pixel along one axis, then the other.
Plane greatest_near(const Plane& plane, int reach) {
  const int w = plane.width, h = plane.height;
  Plane across = plane, all = plane;
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      const auto row = plane.values.begin() + std::ptrdiff_t(y) * w;
      across.values[std::size_t(y * w + x)] = *std::max_element(row + std::max(0, x - reach), row + std::min(w, x + reach + 1));
    }
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      float& most = all.values[std::size_t(y * w + x)];
      for (int near = std::max(0, y - reach); near < std::min(h, y + reach + 1); near++)
        most = std::max(most, across.values[std::size_t(near * w + x)]);
    }
  return all;
}

constexpr int thresholds = 99;  // k / 100 for k = 1 to 99

/// Pixels by the highest threshold they pass, 0 for none; then, summed up from above, how many pass each.
struct Counts {
  std::array<double, thresholds + 1> passing{};

  void note(float value) { passing[std::size_t(std::clamp(int(std::floor(double(value) * 100 + 1e-4)), 0, thresholds))]++; }
  void sum_up() {
    for (int k = thresholds; k-- > 1;) passing[std::size_t(k)] += passing[std::size_t(k) + 1];
  }
};

}  // namespace

EdgeScore edge_score(const Plane& photo, const Plane& result, const EdgeMatch& how) {
  check_one_size(photo, result);
  Plane truth = photo;
  for (float& value : truth.values) value = value >= how.threshold ? 1 : 0;
  const Plane near_truth = greatest_near(truth, how.tolerance), near_result = greatest_near(result, how.tolerance);
  Counts edges, right, met;
  double wanted = 0;
  for (std::size_t i = 0; i < truth.values.size(); i++) {
    edges.note(result.values[i]);
    if (near_truth.values[i] > 0) right.note(result.values[i]);
    if (truth.values[i] > 0) wanted++, met.note(near_result.values[i]);
  }
  for (Counts* counts : {&edges, &right, &met}) counts->sum_up();
  if (!(wanted > 0)) {
    const double none = std::numeric_limits<double>::quiet_NaN();
    return {none, none, none, none};
  }
  EdgeScore best{0, 0, 0, 0.01};
  for (std::size_t k = 1; k <= thresholds; k++) {
    if (!(right.passing[k] > 0)) continue;
    const double precision = right.passing[k] / edges.passing[k], recall = met.passing[k] / wanted;
    if (const double f = 2 * precision * recall / (precision + recall); f > best.f) best = {f, precision, recall, double(k) / 100};
  }
  return best;
}

}  // namespace impasto
