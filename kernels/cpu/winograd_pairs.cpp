// Floats to 16-bit fixed point: activations at every run, a block of tiles at a time; weights once.
#include "kernels/cpu/winograd_pairs.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace impasto::winograd {
namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
/// Steps below it have no finite reciprocal; numbers that small become 0.
constexpr float least_step = std::numeric_limits<float>::min();

/// The bits of the largest magnitude: ordered as the magnitudes are, and those of a NaN above those of infinity.
std::int32_t largest_bits(const float* v, std::size_t n) {
  std::int32_t largest = 0;
  for (std::size_t i = 0; i < n; i++) largest = std::max(largest, std::bit_cast<std::int32_t>(v[i]) & 0x7fffffff);
  return largest;
}

/// N numbers. 1.5 * 2^23 makes the last bits of a float its whole part, rounded to nearest.
template <int N>
[[gnu::always_inline]] inline void round_some(const float* v, float inverse, std::int16_t* out) {
  Vector<N> numbers;
  load<N>(numbers, v);
  const auto bits = (Integers<N>)(numbers * inverse + 12582912.0f);
  const auto halves = __builtin_convertvector(bits, typename VectorOf<std::int16_t, N>::type);
  std::memcpy(out, &halves, sizeof halves);
}

int padded(int channels, int lanes) { return (channels + lanes - 1) / lanes * lanes; }

/// The step of each of `width` output channels of u [c][width].
void weight_steps(const float* u, int c, int width, float* steps) {
  constexpr double most = double(std::numeric_limits<std::int32_t>::max()) / largest_activation;
  constexpr double room = most - channels_a_sum / 2 - 1;  // each weight may be rounded up by half a step
  for (int k = 0; k < width; k++) {
    double largest_sum = 0, largest = 0;
    bool finite = true;
    for (int first = 0; first < c; first += channels_a_sum) {
      double sum = 0;
      for (int i = first; i < std::min(c, first + channels_a_sum); i++) {
        const double magnitude = std::abs(u[std::size_t(i) * width + k]);
        sum += magnitude, largest = std::max(largest, magnitude);
      }
      finite = finite && std::isfinite(sum);
      largest_sum = std::max(largest_sum, sum);
    }
    const double step = std::max(largest_sum / room, largest / std::numeric_limits<std::int16_t>::max());
    steps[k] = finite ? std::max(float(step), least_step) : not_a_number;
  }
}

/// u [c][width] to pairs [c / 2][width][2].
void round_weights(const float* u, int c, int width, const float* steps, std::int16_t* pairs) {
  for (int i = 0; i < c; i++)
    for (int k = 0; k < width; k++) {
      const double weight = std::isnan(steps[k]) ? 0.0 : double(u[std::size_t(i) * width + k]) / steps[k];
      pairs[(std::size_t(i / 2) * width + k) * 2 + i % 2] = std::int16_t(std::nearbyint(weight));
    }
}
}  // namespace

float quantise(const float* v, std::size_t n, std::int16_t* out) {
  const float largest = std::bit_cast<float>(largest_bits(v, n));
  if (!std::isfinite(largest)) {
    std::fill_n(out, n, std::int16_t(0));
    return not_a_number;
  }
  const float step = std::max(largest / largest_activation, least_step), inverse = 1.0f / step;
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) round_some<16>(v + i, inverse, out + i);
  if (i < n) round_some<8>(v + i, inverse, out + i);
  return step;
}

std::size_t pairs_count(int k, int c, int elements, int lanes) { return std::size_t(elements) * padded(k, lanes) * padded(c, lanes); }

std::size_t pairs_packed_bytes(int k, int c, int elements, int lanes) {
  return pairs_count(k, c, elements, lanes) * sizeof(std::int16_t) + std::size_t(elements) * padded(k, lanes) * sizeof(float);
}

float* steps_behind(std::int16_t* pairs, int k, int c, int elements, int lanes) {
  return reinterpret_cast<float*>(pairs + pairs_count(k, c, elements, lanes));
}
const float* steps_behind(const std::int16_t* pairs, int k, int c, int elements, int lanes) {
  return reinterpret_cast<const float*>(pairs + pairs_count(k, c, elements, lanes));
}

void pack_pairs(const float* packed, int k, int c, int elements, int lanes, std::int16_t* pairs) {
  const int outputs = padded(k, lanes), inputs = padded(c, lanes), most = output_vectors * lanes;
  const int blocks = (outputs + most - 1) / most;
  float* steps = steps_behind(pairs, k, c, elements, lanes);
#pragma omp parallel for collapse(2) schedule(static)
  for (int block = 0; block < blocks; block++)
    for (int e = 0; e < elements; e++) {
      const int first = block * most, width = std::min(most, outputs - first);
      const std::size_t at = (std::size_t(first) * elements + std::size_t(e) * width) * inputs;
      float* step = steps + std::size_t(e) * outputs + first;
      weight_steps(packed + at, inputs, width, step);
      round_weights(packed + at, inputs, width, step, pairs + at);
    }
}

}  // namespace impasto::winograd
