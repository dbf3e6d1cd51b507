#include "engine/line_search.h"

#include <algorithm>
#include <cmath>

namespace impasto {
namespace {

class Search {
 public:
  Search(const std::function<LinePoint(double)>& evaluate, LinePoint start, const WolfeOptions& options)
      : evaluate_(evaluate), start_(start), options_(options) {}

  LinePoint from(double first) {
    LinePoint previous = start_, point = next(first);
    while (true) {
      // Any of the three puts a minimum between the last two points (or at this one).
      if (!low_enough(point) || (count_ > 1 && point.f >= previous.f)) return zoom(previous, point);
      if (flat_enough(point)) return point;
      if (point.slope >= 0) return zoom(point, previous);
      if (exhausted()) return point;
      const double low = point.t + 0.01 * (point.t - previous.t), high = point.t * 10;
      const double t = cubic_minimum(previous, point, low, high);
      previous = point;
      point = next(t);
    }
  }

 private:
  LinePoint next(double t) {
    count_++;
    return evaluate_(t);
  }
  bool exhausted() const { return count_ >= options_.evaluations; }
  // Written so that a NaN is not low enough: the search then turns back.
  bool low_enough(const LinePoint& p) const { return p.f <= start_.f + options_.decrease * p.t * start_.slope; }
  bool flat_enough(const LinePoint& p) const { return std::abs(p.slope) <= -options_.curvature * start_.slope; }

  // `low` is the lowest point with sufficient decrease, and its slope points towards `high`.
  LinePoint zoom(LinePoint low, LinePoint high) {
    bool stalled = false;
    while (!exhausted() && std::abs(high.t - low.t) >= options_.smallest) {
      const double left = std::min(low.t, high.t), right = std::max(low.t, high.t);
      double t = cubic_minimum(low, high, left, right);
      // Twice in a row close to an end, or at it: the cubic is no guide there, so a tenth of the bracket is cut off instead.
      const double margin = 0.1 * (right - left);
      const bool near_end = std::min(right - t, t - left) < margin;
      if (near_end && (stalled || t >= right || t <= left)) {
        t = right - t < t - left ? right - margin : left + margin;
        stalled = false;
      } else {
        stalled = near_end;
      }
      const LinePoint point = next(t);
      if (!low_enough(point) || point.f >= low.f) {
        high = point;
        continue;
      }
      if (flat_enough(point)) return point;
      if (point.slope * (high.t - low.t) >= 0) high = low;
      low = point;
    }
    return low;
  }

  const std::function<LinePoint(double)>& evaluate_;
  const LinePoint start_;
  const WolfeOptions options_;
  int count_ = 0;
};

}  // namespace

double cubic_minimum(const LinePoint& a, const LinePoint& b, double low, double high) {
  if (a.t > b.t) return cubic_minimum(b, a, low, high);
  const double d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t);
  const double square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const double t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
  return std::isfinite(t) ? std::clamp(t, low, high) : (low + high) / 2;
}

LinePoint strong_wolfe(const std::function<LinePoint(double)>& evaluate, LinePoint start, double first, const WolfeOptions& options) {
  return Search(evaluate, start, options).from(first);
}

}  // namespace impasto
