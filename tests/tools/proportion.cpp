#include "tools/proportion.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace impasto;

TEST_CASE("Wilson's interval is that of Newcombe 1998, table I") {
  const double cases[][4] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}};
  for (const auto& [votes, all, low, high] : cases) {
    CAPTURE(votes);
    const Proportion p = wilson(int64_t(votes), int64_t(all)), other = wilson(int64_t(all - votes), int64_t(all));
    CHECK(p.share == votes / all);
    CHECK(std::abs(p.low - low) <= 0.00005);
    CHECK(std::abs(p.high - high) <= 0.00005);
    CHECK(other.low == doctest::Approx(1 - p.high));
    CHECK(other.high == doctest::Approx(1 - p.low));
  }
  CHECK(wilson(0, 20).low == 0);
  CHECK(wilson(20, 20).high == 1);
  CHECK(std::isnan(wilson(0, 0).share));
  CHECK(std::isnan(wilson(0, 0).high));
}

TEST_CASE("the sign test is the sum of the binomial's tails") {
  // In fractions: 2 sum_{k <= least} C(n, k) / 2^n.
  const double cases[][3] = {{0, 5, 0.0625},
                             {1, 9, 0.021484375},
                             {5, 15, 0.04138946533203125},
                             {10, 10, 1},
                             {7, 6, 1},
                             {242, 178, 0.002075009606757546},
                             {567, 105, 1.6215302214280159e-77},
                             {600, 400, 2.7284641560660184e-10}};
  for (const auto& [a, b, p] : cases) {
    CAPTURE(a);
    CHECK(sign_test(int64_t(a), int64_t(b)) == doctest::Approx(p).epsilon(1e-9));
    CHECK(sign_test(int64_t(b), int64_t(a)) == sign_test(int64_t(a), int64_t(b)));
  }
  CHECK(sign_test(0, 0) == 1);
  CHECK(sign_test(0, 100000) == 0);  // 2^-99999 is no double
}
