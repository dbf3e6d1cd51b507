// Random choices, one after another from a stream.
#pragma once
#include <cstddef>
#include <cstdint>

#include "engine/random.h"
#include "tools/scenes/vector.h"

namespace impasto::scenes {

class Draws {
 public:
  explicit Draws(uint64_t key) : key_(key) {}
  float uniform() { return random::uniform(key_, position_++); }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  /// Even in the logarithm.
  float scale(float low, float high) { return low * std::pow(high / low, uniform()); }
  /// low..high, both among them.
  int integer(int low, int high) { return low + std::min(high - low, int(uniform() * float(high - low + 1))); }
  bool chance(float probability) { return uniform() < probability; }
  template <class T, size_t N>
  const T& one_of(const T (&items)[N]) {
    return items[size_t(integer(0, int(N) - 1))];
  }
  uint32_t bits() { return random::bits(key_, position_++); }
  /// Mostly muted, sometimes strong.
  Colour colour() {
    const float value = uniform(0.08f, 0.9f), strength = uniform() * uniform(), hue = uniform(0, 6);
    const auto channel = [&](float at) {
      const float away = std::abs(std::fmod(hue - at + 9, 6.0f) - 3);  // 3: this hue itself
      return value * (1 - strength * (1 - std::clamp(away - 1, 0.0f, 1.0f)));
    };
    return {channel(0), channel(2), channel(4)};
  }

 private:
  uint64_t key_, position_ = 0;
};

}  // namespace impasto::scenes
