// Philox against the known answers published with Random123 (kat_vectors), and what is drawn from it against its distribution.
#include "engine/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "kernels/reference/reference.h"

using namespace impasto;

namespace {
void check_words(const random::Block& b, uint32_t w0, uint32_t w1, uint32_t w2, uint32_t w3) {
  CHECK(b.word[0] == w0);
  CHECK(b.word[1] == w1);
  CHECK(b.word[2] == w2);
  CHECK(b.word[3] == w3);
}
constexpr double kTurn = 6.283185307179586;
}  // namespace

TEST_CASE("philox4x32-10 gives the published known answers") {
  const uint32_t ones = 0xffffffffu;
  check_words(random::philox({{0, 0, 0, 0}}, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  check_words(random::philox({{ones, ones, ones, ones}}, ones, ones), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  check_words(random::philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0), 0xd16cfe09, 0x94fdcceb,
              0x5001e420, 0x24126ea1);
}

TEST_CASE("a position is a word of its counter block, also beyond 32 bits") {
  const uint64_t key = 0x0123456789abcdefull, position = (uint64_t(5) << 40) + 2;
  const random::Block block = random::philox({{0, uint32_t(position >> 34), 0, 0}}, 0x89abcdefu, 0x01234567u);
  CHECK(random::bits(key, position) == block.word[2]);
  CHECK(random::bits(0, 3) == 0x9b00dbd8u);
}

TEST_CASE("uniform numbers lie in [0, 1) and fill it evenly") {
  const int count = 1 << 20;
  double sum = 0, squares = 0;
  float lowest = 2, highest = -1;
  std::vector<int> bucket(65);
  for (int i = 0; i < count; i++) {
    const float u = random::uniform(42, uint64_t(i));
    lowest = std::min(lowest, u);
    highest = std::max(highest, u);
    sum += u;
    squares += double(u) * u;
    bucket[size_t(std::clamp(u, 0.0f, 1.0f) * 64)]++;
  }
  CHECK(lowest >= 0.0f);
  CHECK(highest < 1.0f);
  bucket.pop_back();  // 1 itself
  CHECK(std::abs(sum / count - 0.5) < 5 * std::sqrt(1.0 / 12 / count));
  CHECK(squares / count - sum / count * (sum / count) == doctest::Approx(1.0 / 12).epsilon(0.005));
  double chi2 = 0;
  for (int n : bucket) chi2 += (n - count / 64.0) * (n - count / 64.0) / (count / 64.0);
  CHECK(chi2 < 63 + 5 * std::sqrt(2.0 * 63));
  CHECK(random::uniform_from(0) == 0.0f);
  CHECK(random::uniform_from(0xffffffffu) == 1.0f - 0x1p-24f);
}

TEST_CASE("normal numbers have the moments of the standard normal and do not depend on each other") {
  const int count = 1 << 20;
  double moment[5] = {}, neighbours = 0, previous = 0;
  for (int i = 0; i < count; i++) {
    const double z = random::normal(7, uint64_t(i));
    double power = 1;
    for (double& m : moment) {
      m += power / count;
      power *= z;
    }
    neighbours += z * previous / count;
    previous = z;
  }
  const double unit = 5 / std::sqrt(double(count));  // five standard errors of a mean of variance 1
  CHECK(std::abs(moment[1]) < unit);
  CHECK(std::abs(moment[2] - 1) < unit * std::sqrt(2.0));
  CHECK(std::abs(moment[3]) < unit * std::sqrt(15.0));
  CHECK(std::abs(moment[4] - 3) < unit * std::sqrt(96.0));
  CHECK(std::abs(neighbours) < unit);
}

TEST_CASE("logarithm, cosine and sine keep the accuracy they state") {
  double log_error = 0, turn_error = 0;
  // A stride that is odd and prime visits all octants and exponents.
  for (uint32_t k = 0; k < (1u << 24); k += 61) {
    const double exact = std::log((k + 1) * 0x1p-24);
    const float rounded = float(exact);
    const double ulp = double(std::nextafter(std::abs(rounded), 100.0f)) - std::abs(rounded);
    log_error = std::max(log_error, std::abs(random::log_of_fraction(k) - exact) / ulp);
    const auto t = random::cos_sin_of_turn(k);
    const double angle = kTurn * (k * 0x1p-24);
    turn_error = std::max({turn_error, std::abs(t.cos - std::cos(angle)), std::abs(t.sin - std::sin(angle))});
  }
  CHECK(log_error < 1);
  CHECK(turn_error < 1.1e-7);
  CHECK(random::log_of_fraction((1u << 24) - 1) == 0.0f);
}

TEST_CASE("a normal number is Box and Muller's of the two words of its pair") {
  for (uint64_t p = 0; p < 4000; p++) {
    const double u = (double(random::bits(9, p & ~1ull) >> 8) + 1) * 0x1p-24, v = double(random::bits(9, p | 1) >> 8) * 0x1p-24;
    const double r = std::sqrt(-2 * std::log(u));
    const double exact = p % 2 ? r * std::sin(kTurn * v) : r * std::cos(kTurn * v);
    REQUIRE(std::abs(random::normal(9, p) - exact) < 1e-6);
  }
  CHECK(random::normal_from(0, 0, false) == doctest::Approx(std::sqrt(48 * std::log(2.0))));  // the farthest there is
}

TEST_CASE("a backend's noise is the stream by element, whatever the lanes") {
  auto backend = make_reference_backend();
  for (int lanes : {1, 8}) {
    Tensor noise(*backend, {2, 3, 2, 5}, lanes);
    backend->random_normal(11, 1000, noise);
    const std::vector<float> host = to_host(noise);
    for (size_t i = 0; i < host.size(); i++) CHECK(host[i] == random::normal(11, 1000 + i));
    backend->random_uniform(11, 1000, noise);
    CHECK(to_host(noise)[59] == random::uniform(11, 1059));
  }
}
