#include "loaders/half.h"

#include <doctest/doctest.h>

#include <limits>

using namespace impasto;

TEST_CASE("every finite half has its value and comes back from it") {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    if (exponent == 31) continue;
    const double size = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
    const float value = half_to_float(static_cast<uint16_t>(bits));
    REQUIRE(value == static_cast<float>(bits >> 15 ? -size : size));
    REQUIRE(float_to_half(value) == bits);
  }
}

TEST_CASE("what lies between two halves goes to the nearer, half way to the even one") {
  for (uint16_t low = 0; low < 0x7bff; ++low) {
    const float a = half_to_float(low), b = half_to_float(static_cast<uint16_t>(low + 1)), middle = (a + b) / 2;
    REQUIRE(float_to_half(middle) == low + low % 2);
    REQUIRE(float_to_half(std::nextafter(middle, 0.f)) == low);
    REQUIRE(float_to_half(std::nextafter(middle, 1e9f)) == low + 1);
  }
  CHECK(float_to_half(65519.f) == 0x7bff);
  CHECK(float_to_half(65520.f) == 0x7c00);
  CHECK(std::isnan(half_to_float(float_to_half(std::numeric_limits<float>::quiet_NaN()))));
}
