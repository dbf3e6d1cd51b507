// How sure a mean is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace impasto {

struct MeanInterval {
  double mean, low, high;  ///< low and high: 95 % of the resampled means lie between them
  std::size_t count;
};

/// The mean of the values that are numbers, and the percentile interval of 2000 means of as many values drawn with replacement (Efron and
/// Tibshirani 1993, chapter 13). Of one value both ends are the value; of none all is NaN. The same seed gives the same numbers.
MeanInterval bootstrap_mean(std::vector<double> values, uint64_t seed);

}  // namespace impasto
