// The 16-bit products of Winograd: the same integers as a plain loop's, close to f32's, and no overflow whatever the numbers.
#include "kernels/cpu/winograd_pairs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "tests/tolerance.h"

namespace {
using namespace impasto::winograd;

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
constexpr std::size_t guard = 16;

int padded(int n, int lanes) { return (n + lanes - 1) / lanes * lanes; }

std::vector<float> normal_numbers(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> draw;
  std::vector<float> numbers(n);
  for (float& v : numbers) v = draw(random);
  return numbers;
}

/// int16 pairs and their steps, of f32 weights packed as winograd_pack_weights packs them.
struct Weights {
  std::vector<std::int16_t> memory;
  int k, c, elements, lanes;

  Weights(const std::vector<float>& packed, int k, int c, int elements, int lanes)
      : memory(pairs_packed_bytes(k, c, elements, lanes) / 2 + guard, 12345), k(k), c(c), elements(elements), lanes(lanes) {
    REQUIRE(packed.size() == pairs_count(k, c, elements, lanes));
    pack_pairs(packed.data(), k, c, elements, lanes, memory.data());
    for (std::size_t i = memory.size() - guard; i < memory.size(); i++) REQUIRE(memory[i] == 12345);
  }
  float step(int element, int output) const {
    return steps_behind(memory.data(), k, c, elements, lanes)[element * padded(k, lanes) + output];
  }
};

/// One block of one element, with K vectors of output channels.
struct Block {
  int lanes, tiles, vectors, groups;
  std::vector<float> v, u;

  Block(int lanes, int tiles, int vectors, int groups)
      : lanes(lanes), tiles(tiles), vectors(vectors), groups(groups),
        v(normal_numbers(std::size_t(groups) * tiles * lanes, 1)),
        u(normal_numbers(std::size_t(groups) * lanes * vectors * lanes, 2)) {}
  int channels() const { return groups * lanes; }
  int outputs() const { return vectors * lanes; }
  /// Where activation (channel, tile) and weight (channel, output) are.
  std::size_t at(int c, int t) const { return (std::size_t(c / lanes) * tiles + t) * lanes + c % lanes; }
  std::size_t weight_at(int c, int k) const { return std::size_t(c) * outputs() + k; }
  std::size_t pair_at(int c, int k) const { return (std::size_t(c / 2) * outputs() + k) * 2 + c % 2; }
};

template <int L, int K>
void multiply(const Block& block, const Weights& weights, const std::int16_t* v, float v_step, float* m) {
  const float* steps = steps_behind(weights.memory.data(), weights.k, weights.c, weights.elements, L);
  multiply_pairs_by_tiles<L, K>[block.tiles - 1](weights.memory.data(), steps, v, v_step, block.groups, m);
}

/// m [tile][output] of the kernel.
std::vector<float> products(const Block& block, const Weights& weights, const std::vector<std::int16_t>& v, float v_step) {
  std::vector<float> m(std::size_t(block.tiles) * block.outputs() + guard, not_a_number);
  const auto run = block.lanes == 8 ? (block.vectors == 2 ? multiply<8, 2> : multiply<8, 1>)
                                    : (block.vectors == 2 ? multiply<16, 2> : multiply<16, 1>);
  run(block, weights, v.data(), v_step, m.data());
  for (std::size_t i = m.size() - guard; i < m.size(); i++) REQUIRE(std::isnan(m[i]));
  m.resize(m.size() - guard);
  return m;
}
std::vector<float> products(const Block& block) {
  const Weights weights(block.u, block.outputs(), block.channels(), 1, block.lanes);
  std::vector<std::int16_t> v(block.v.size());
  const float step = quantise(block.v.data(), v.size(), v.data());
  return products(block, weights, v, step);
}

template <class Test>
void for_every_block(const Test& test) {
  for (int lanes : {8, 16})
    for (int tiles = 1; tiles <= (lanes == 8 ? block_tiles<8> : block_tiles<16>); tiles++)
      for (int vectors : {1, 2})
        for (int channels : {lanes, 2 * lanes, 64, 80, 144, 512}) {
          CAPTURE(lanes);
          CAPTURE(tiles);
          CAPTURE(vectors);
          CAPTURE(channels);
          test(Block(lanes, tiles, vectors, channels / lanes));
        }
}
}  // namespace

TEST_CASE("Activations in 16 bits are within half a step, in place or not") {
  for (std::size_t n : {8, 16, 24, 768, 6152}) {
    std::vector<float> v = normal_numbers(n, 3);
    std::vector<std::int16_t> out(n + guard, 12345), in_place(n);
    const float step = quantise(v.data(), n, out.data());
    int largest = 0;
    for (std::size_t i = 0; i < n; i++) {
      REQUIRE(std::abs(double(v[i]) - double(step) * out[i]) <= 0.5001 * step);
      largest = std::max(largest, std::abs(int(out[i])));
    }
    REQUIRE(largest == largest_activation);
    for (std::size_t i = n; i < out.size(); i++) REQUIRE(out[i] == 12345);
    REQUIRE(quantise(v.data(), n, reinterpret_cast<std::int16_t*>(v.data())) == step);
    std::memcpy(in_place.data(), v.data(), n * sizeof(std::int16_t));
    for (std::size_t i = 0; i < n; i++) REQUIRE(in_place[i] == out[i]);
  }
}

TEST_CASE("Activations of any size have a step: zeros, denormals, the largest floats") {
  constexpr float denormal = std::numeric_limits<float>::denorm_min(), least = std::numeric_limits<float>::min();
  for (float size : {0.0f, denormal, 100 * denormal, least, 20000 * least, 1e-20f, 1e20f, std::numeric_limits<float>::max()}) {
    CAPTURE(size);
    const std::vector<float> v{size, -size, size / 2, 0, 0, 0, 0, 0};
    std::vector<std::int16_t> out(8);
    const float step = quantise(v.data(), 8, out.data());
    REQUIRE(std::isfinite(step));
    for (int i = 0; i < 8; i++) REQUIRE(std::abs(double(v[i]) - double(step) * out[i]) <= 0.5001 * step);
    REQUIRE(out[3] == 0);
  }
}

TEST_CASE("A NaN or an infinity makes the whole block NaN") {
  for (float bad : {not_a_number, -not_a_number, infinity, -infinity})
    for (int place : {0, 100, 383}) {
      Block block(8, 6, 2, 8);
      block.v[place] = bad;
      for (float m : products(block)) REQUIRE(std::isnan(m));
    }
}

TEST_CASE("A NaN or infinite weight makes its output channel NaN and no other") {
  for (float bad : {not_a_number, infinity}) {
    Block block(8, 6, 2, 16);
    block.u[block.weight_at(70, 5)] = bad;
    const auto m = products(block);
    for (std::size_t i = 0; i < m.size(); i++) REQUIRE(std::isnan(m[i]) == (i % 16 == 5));
  }
}

TEST_CASE("Zeros give zeros") {
  Block no_input(8, 6, 2, 8), no_weights = no_input;
  no_input.v.assign(no_input.v.size(), 0.0f);
  no_weights.u.assign(no_weights.u.size(), 0.0f);
  for (const Block& block : {no_input, no_weights})
    for (float m : products(block)) REQUIRE(m == 0.0f);
}

TEST_CASE("16-bit products are the integers of a plain loop") {
  for_every_block([](const Block& block) {
    const Weights weights(block.u, block.outputs(), block.channels(), 1, block.lanes);
    std::vector<std::int16_t> v(block.v.size());
    const float v_step = quantise(block.v.data(), v.size(), v.data());
    const auto m = products(block, weights, v, v_step);
    for (int t = 0; t < block.tiles; t++)
      for (int k = 0; k < block.outputs(); k++) {
        float total = 0;
        for (int first = 0; first < block.channels(); first += channels_a_sum) {
          std::int64_t sum = 0;
          for (int c = first; c < std::min(block.channels(), first + channels_a_sum); c++)
            sum += std::int64_t(v[block.at(c, t)]) * weights.memory[block.pair_at(c, k)];
          total += float(sum);
        }
        REQUIRE(m[t * block.outputs() + k] == total * weights.step(0, k) * v_step);
      }
  });
}

TEST_CASE("16-bit products are close to those of f32") {
  for_every_block([](const Block& block) {
    const auto m = products(block);
    double wrong = 0, norm = 0;
    for (int t = 0; t < block.tiles; t++)
      for (int k = 0; k < block.outputs(); k++) {
        double want = 0;
        for (int c = 0; c < block.channels(); c++) want += double(block.v[block.at(c, t)]) * block.u[block.weight_at(c, k)];
        wrong += std::pow(m[t * block.outputs() + k] - want, 2), norm += want * want;
      }
    REQUIRE(std::sqrt(wrong / norm) < impasto::tolerance::pairs);
  });
}

TEST_CASE("No sum of 16-bit products can overflow, and the bound is nearly reached") {
  for (int lanes : {8, 16})
    for (int channels : {16, 64, 128, 208})
      for (bool one_large : {false, true}) {
        CAPTURE(lanes);
        CAPTURE(channels);
        Block block(lanes, 2, 1, channels / lanes);
        if (one_large) block.u[block.weight_at(1, 3)] = 1e4f;
        const Weights weights(block.u, block.outputs(), block.channels(), 1, lanes);
        // All activations are as large as can be, with the signs of output channel 3's weights, or against them.
        for (int c = 0; c < channels; c++) {
          const float sign = std::copysign(1.0f, block.u[block.weight_at(c, 3)]);
          block.v[block.at(c, 0)] = sign, block.v[block.at(c, 1)] = -sign;
        }
        double want = 0;
        std::int64_t most = 0;
        for (int first = 0; first < channels; first += channels_a_sum) {
          std::int64_t sum = 0;
          for (int c = first; c < std::min(channels, first + channels_a_sum); c++) {
            const int weight = std::abs(int(weights.memory[block.pair_at(c, 3)]));
            sum += std::int64_t(largest_activation) * weight, want += std::abs(block.u[block.weight_at(c, 3)]);
          }
          most = std::max(most, sum);
        }
        REQUIRE(most <= std::numeric_limits<std::int32_t>::max());
        if (channels > 32 && !one_large) REQUIRE(most > 0.999 * std::numeric_limits<std::int32_t>::max());
        const auto m = products(block);
        REQUIRE(m[3] == doctest::Approx(want).epsilon(impasto::tolerance::pairs));
        REQUIRE(m[block.outputs() + 3] == -m[3]);
      }
}

TEST_CASE("Packed 16-bit weights: every block and element is where the f32 weights are") {
  for (int lanes : {8, 16})
    for (int k : {3, lanes, 2 * lanes + 1, 5 * lanes})
      for (int c : {1, lanes, 9 * lanes}) {
        CAPTURE(lanes);
        CAPTURE(k);
        CAPTURE(c);
        const int elements = 7, outputs = padded(k, lanes), inputs = padded(c, lanes);
        const auto packed = normal_numbers(pairs_count(k, c, elements, lanes), 4);
        const Weights weights(packed, k, c, elements, lanes);
        for (int o = 0; o < outputs; o++) {
          const int first = o / (2 * lanes) * 2 * lanes, width = std::min(2 * lanes, outputs - first);
          for (int e = 0; e < elements; e++)
            for (int i = 0; i < inputs; i++) {
              const std::size_t at = (std::size_t(first) * elements + std::size_t(e) * width) * inputs;
              const float want = packed[at + std::size_t(i) * width + (o - first)], step = weights.step(e, o);
              const int got = weights.memory[at + (std::size_t(i / 2) * width + (o - first)) * 2 + i % 2];
              REQUIRE(std::abs(double(want) - double(step) * got) <= 0.5001 * step);
            }
        }
      }
}
