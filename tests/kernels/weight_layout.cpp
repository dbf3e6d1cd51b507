// Weights between the planar and the packed layout, in the CUDA form of the bodies, against plain loops; and which layout is chosen.
#include "kernels/shared/weight_layout.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "kernels/emulator/emulator.h"

using namespace impasto;

namespace {

constexpr int threads = 64;

struct Sample {
  int k, c, r, s, groups;  // of the planar weights [k, c, r, s]
  bool stays_grouped;
};
const Sample samples[] = {{8, 8, 3, 3, 1, false},  {3, 32, 9, 9, 1, false}, {17, 5, 1, 3, 1, false},  {64, 40, 3, 3, 1, false},
                          {16, 4, 3, 3, 2, true},  {24, 8, 2, 2, 3, true},  {6, 2, 3, 3, 2, false},   {8, 3, 3, 3, 2, false},
                          {16, 1, 3, 3, 16, true}, {17, 1, 3, 3, 17, true}, {34, 1, 3, 3, 17, false}, {32, 1, 5, 5, 16, true}};

WeightLayout layout_of(const Sample& s) { return weight_layout(s.k, s.c, s.r, s.s, s.groups); }

std::vector<float> numbers(int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); i++) values[i] = float(int(i * 37 % 251) - 125);  // exact in bf16
  return values;
}

/// Place of planar weight [k, c, tap] among the packed ones; c counts within its group.
size_t packed_place(const Sample& s, int k, int c, int tap) {
  const int all = s.stays_grouped ? s.c : (s.c * s.groups + 7) / 8 * 8;
  const int channel = s.stays_grouped ? c : k / (s.k / s.groups) * s.c + c;
  return (size_t(k) * s.r * s.s + tap) * all + channel;
}

/// f(place in the planar weights, place in the packed ones)
template <class F>
void for_places(const Sample& s, F f) {
  for (int k = 0; k < s.k; k++)
    for (int c = 0; c < s.c; c++)
      for (int tap = 0; tap < s.r * s.s; tap++) f((size_t(k) * s.c + c) * s.r * s.s + tap, packed_place(s, k, c, tap));
}

template <class T>
void check_packed(const Sample& s) {
  const WeightLayout layout = layout_of(s);
  const std::vector<float> w = numbers(layout.size());
  std::vector<float> wanted(static_cast<size_t>(layout.packed_size()));
  for_places(s, [&](size_t planar, size_t packed) { wanted[packed] = w[planar]; });
  std::vector<T> found(wanted.size());
  emulator::launch_write_once({{weight_chunks(layout.packed_size())}, threads}, PackWeightsBody<T>{w.data(), found.data(), layout},
                              {{found.data(), found.size()}});
  CHECK(std::vector<float>(found.begin(), found.end()) == wanted);
}

template <class T>
void check_unpacked(const Sample& s, bool add) {
  const WeightLayout layout = layout_of(s);
  std::vector<T> packed;
  for (const float value : numbers(layout.packed_size())) packed.push_back(T(value));
  std::vector<float> found(static_cast<size_t>(layout.size()), add ? 0.5f : std::numeric_limits<float>::quiet_NaN()), wanted(found.size());
  for_places(s, [&](size_t planar, size_t place) { wanted[planar] = float(packed[place]) + (add ? 0.5f : 0.0f); });
  emulator::launch({weight_chunks(layout.size())}, threads, 0, UnpackWeightsBody<T>{packed.data(), found.data(), layout, add});
  CHECK(found == wanted);
}

template <class F>
void for_samples(F f) {
  for (const Sample& s : samples) {
    CAPTURE(s.k);
    CAPTURE(s.c);
    CAPTURE(s.groups);
    f(s);
  }
}

}  // namespace

TEST_CASE("packed weights hold every planar one in its place, and zeros elsewhere") {
  for_samples([](const Sample& s) {
    check_packed<float>(s);
    check_packed<bf16>(s);
  });
}

TEST_CASE("the gradient of packed weights is written or added where the planar ones stand") {
  for_samples([](const Sample& s) {
    for (const bool add : {false, true}) {
      check_unpacked<float>(s, add);
      check_unpacked<bf16>(s, add);
    }
  });
}

TEST_CASE("channels are padded to multiples of 8, and groups stay groups where padding allows") {
  for_samples([](const Sample& s) {
    const WeightLayout layout = layout_of(s);
    CHECK(layout.packed_k == (s.k + 7) / 8 * 8);
    CHECK(layout.packed_c * layout.packed_groups == (s.c * s.groups + 7) / 8 * 8);
    CHECK((layout.packed_groups > 1) == s.stays_grouped);
    CHECK(layout.packed_k % layout.packed_groups == 0);
  });
}
