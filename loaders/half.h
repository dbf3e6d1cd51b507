// IEEE binary16 as a storage format: its bits to f32 exactly, and f32 to its bits rounded to nearest even.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace impasto {

inline float half_to_float(uint16_t half) {
  const uint32_t sign = uint32_t{half & 0x8000u} << 16;
  const uint32_t rest = half & 0x7fffu;
  if (rest >= 0x7c00u) return std::bit_cast<float>(sign | 0x7f800000u | (rest & 0x3ffu) << 13);  // infinity, NaN
  if (rest >= 0x0400u) return std::bit_cast<float>(sign | ((rest << 13) + (112u << 23)));        // exponent bias 15 -> 127
  return std::copysign(static_cast<float>(rest) * 0x1p-24f, std::bit_cast<float>(sign));         // zero, subnormal
}

/// What is beyond 65504 after rounding becomes infinity.
inline uint16_t float_to_half(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  const uint32_t rest = bits & 0x7fffffffu;
  if (rest > 0x7f800000u) return sign | 0x7e00u;
  if (rest >= 0x477ff000u) return sign | 0x7c00u;  // 65520, half way to what would be the next half
  if (rest < 0x38800000u)                          // below 2^-14; nearbyint rounds ties to even
    return sign | static_cast<uint16_t>(std::nearbyint(std::bit_cast<float>(rest) * 0x1p24f));
  return sign | static_cast<uint16_t>((rest - (112u << 23) + 0xfffu + (rest >> 13 & 1u)) >> 13);
}

}  // namespace impasto
