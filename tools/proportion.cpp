#include "tools/proportion.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace impasto {

Proportion wilson(std::int64_t votes, std::int64_t all) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN(), z = 1.959963984540054;
  if (all == 0) return {none, none, none};
  const double n = double(all), p = double(votes) / n, scale = 1 / (1 + z * z / n);
  const double middle = (p + z * z / (2 * n)) * scale, half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) * scale;
  return {p, votes == 0 ? 0 : middle - half, votes == all ? 1 : middle + half};
}

double sign_test(std::int64_t votes_for, std::int64_t votes_against) {
  const double n = double(votes_for + votes_against);
  double tail = 0;
  for (std::int64_t k = 0; k <= std::min(votes_for, votes_against); k++)
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(double(k) + 1) - std::lgamma(n - double(k) + 1) - n * std::log(2.0));
  return std::min(1.0, 2 * tail);
}

}  // namespace impasto
