// Value noise in space: the same at every place, whoever asks.
#pragma once
#include <cstdint>

#include "tools/scenes/vector.h"

namespace impasto::scenes {

/// 0..1, evenly.
inline float hashed(int32_t x, int32_t y, int32_t z, uint32_t seed) {
  uint32_t h = uint32_t(x) * 0x8da6b343u ^ uint32_t(y) * 0xd8163841u ^ uint32_t(z) * 0xcb1ab31fu ^ seed * 0x9e3779b9u;
  h = (h ^ (h >> 15)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12)) * 0x297a2d39u;
  return float((h ^ (h >> 15)) >> 8) * 0x1p-24f;
}

/// 0..1, smooth, with bumps of size 1.
inline float noise(Vec p, uint32_t seed) {
  const float fx = std::floor(p.x), fy = std::floor(p.y), fz = std::floor(p.z);
  const auto x = int32_t(fx), y = int32_t(fy), z = int32_t(fz);
  const auto smooth = [](float t) { return t * t * (3 - 2 * t); };
  const float u = smooth(p.x - fx), v = smooth(p.y - fy), w = smooth(p.z - fz);
  const auto row = [&](int32_t j, int32_t k) {
    const float left = hashed(x, y + j, z + k, seed);
    return left + (hashed(x + 1, y + j, z + k, seed) - left) * u;
  };
  const auto sheet = [&](int32_t k) {
    const float low = row(0, k);
    return low + (row(1, k) - low) * v;
  };
  const float near = sheet(0);
  return near + (sheet(1) - near) * w;
}

/// Octaves of it, each half as high and twice as fine; about 0..1.
inline float cloudy(Vec p, int octaves, uint32_t seed) {
  float sum = 0, height = 0.5f, whole = 0;
  for (int k = 0; k < octaves; k++, p = p * 2.03f, height *= 0.5f) {
    sum += height * noise(p, seed + uint32_t(k));
    whole += height;
  }
  return sum / whole;
}

}  // namespace impasto::scenes
