#include "nets/rate_schedule.h"

#include <algorithm>
#include <cmath>

namespace impasto {

double RateSchedule::at(int step, int steps) const {
  if (kind == Kind::constant) return rate;
  if (kind == Kind::halved) return rate * std::pow(0.5, step / halve_every);
  if (kind == Kind::inverse) return rate / (1 + 5e-5 * step);
  const double part = std::min(1.0, double(step) / std::max(1, steps));
  return last_rate + (rate - last_rate) * 0.5 * (1 + std::cos(M_PI * part));
}

}  // namespace impasto
