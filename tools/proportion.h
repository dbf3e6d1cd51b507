// How sure a share of votes is.
#pragma once
#include <cstdint>

namespace impasto {

struct Proportion {
  double share, low, high;
};

/// `votes` of `all`, and Wilson's score interval of 95 % without continuity correction (Wilson 1927; Newcombe 1998, method 3).
/// All NaN for none.
Proportion wilson(std::int64_t votes, std::int64_t all);

/// The sign test's two-sided p: how often, were both liked alike, votes would be divided as unevenly or more so. Exact (binomial, twice
/// the smaller tail); 1 for none.
double sign_test(std::int64_t votes_for, std::int64_t votes_against);

}  // namespace impasto
