// The formula by which both sides of a recorded comparison make their inputs (README.md; formula.py is the same in numpy).
// u32 arithmetic wraps, every f32 operation is rounded, in this order.
#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/tensor.h"

namespace impasto::formula {

/// Element i (flat, row-major) of the stream `seed`: exact, in [-1, 1).
inline float value(uint32_t i, uint32_t seed) {
  uint32_t h = i + seed * 0x9E3779B9u;
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  h ^= h >> 16;
  return float(h >> 8) / 8388608.0f - 1.0f;
}

/// Of a 3x3 convolution with C input channels: uniform, of He's variance.
inline float weight(uint32_t i, uint32_t seed, int input_channels) {
  const float bound = std::sqrt(2.0f / float(9 * input_channels)) * std::sqrt(3.0f);
  return bound * value(i, seed);
}

inline float bias(uint32_t i, uint32_t seed) { return 0.1f * value(i, seed); }

/// scale * value for every element of a shape, in N, C, H, W order.
inline std::vector<float> values(const Shape& shape, uint32_t seed, float scale = 1) {
  std::vector<float> all(size_t(shape.elements()));
  for (size_t i = 0; i < all.size(); ++i) all[i] = scale * value(uint32_t(i), seed);
  return all;
}

/// [3, H, W], RGB, 0..255: blocks of `block` pixels under noise.
inline std::vector<float> picture(uint32_t seed, int block, int height, int width) {
  const int rows = (height + block - 1) / block, columns = (width + block - 1) / block;
  std::vector<float> all;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const float b = value(uint32_t((c * rows + y / block) * columns + x / block), seed + 1);
        const float n = value(uint32_t((c * height + y) * width + x), seed);
        all.push_back(127.5f * (0.5f * (b + n) + 1.0f));
      }
    }
  }
  return all;
}

}  // namespace impasto::formula
