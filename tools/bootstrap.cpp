#include "tools/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/random.h"

namespace impasto {

MeanInterval bootstrap_mean(std::vector<double> values, uint64_t seed) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  const std::size_t count = values.size();
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (count == 0) return {none, none, none, 0};
  constexpr std::size_t resamples = 2000, outside = resamples * 25 / 1000;
  std::vector<double> means(resamples);
  for (std::size_t r = 0; r < resamples; r++)
    for (std::size_t i = 0; i < count; i++)
      means[r] += values[std::size_t(double(random::uniform(seed, r * count + i)) * double(count))] / double(count);
  std::sort(means.begin(), means.end());
  double mean = 0;
  for (const double value : values) mean += value / double(count);
  return {mean, means[outside], means[resamples - 1 - outside], count};
}

}  // namespace impasto
