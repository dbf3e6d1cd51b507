#include "tools/texture_picture.h"

#include <numbers>
#include <vector>

#include "tools/scenes/draws.h"
#include "tools/scenes/noise.h"

namespace impasto {
namespace {

using namespace scenes;

constexpr float turn = 2 * std::numbers::pi_v<float>;

enum class Pattern { stripes, rings, dots, checks, weave, cells, panes, clouds, ridges, marble };

/// Colours of one picture, by a number of 0..1.
class Palette {
 public:
  explicit Palette(Draws& draws) : stepped_(draws.chance(0.4f)) {
    const float hue = draws.uniform(), spread = draws.chance(0.5f) ? draws.uniform(0.02f, 0.15f) : draws.uniform(0.2f, 0.5f);
    const float strength = draws.uniform(0.15f, 1), dark = draws.uniform(0, 0.35f), light = draws.uniform(0.6f, 1);
    const int count = draws.integer(2, 6);
    for (int i = 0; i < count; i++) {
      const float value = dark + (light - dark) * draws.uniform();
      colours_.push_back(of_hue(hue + spread * draws.uniform(-1, 1), strength * draws.uniform(0.4f, 1), value));
    }
    if (draws.chance(0.3f)) colours_.push_back(of_hue(hue + 0.5f, strength, light));
  }
  Colour at(float t) const {
    const float place = std::clamp(t, 0.0f, 1.0f) * (float(colours_.size()) - (stepped_ ? 1e-3f : 1));
    const auto i = std::min(size_t(place), colours_.size() - 1);
    return stepped_ || i + 1 == colours_.size() ? colours_[i] : mix(colours_[i], colours_[i + 1], place - float(i));
  }

 private:
  static Colour of_hue(float hue, float strength, float value) {
    const auto channel = [&](float shift) {
      const float away = std::abs((hue + shift - std::floor(hue + shift)) * 6 - 3);  // 3: this hue itself
      return value * (1 - strength * (1 - std::clamp(away - 1, 0.0f, 1.0f)));
    };
    return {channel(0.5f), channel(0.5f - 1 / 3.0f), channel(0.5f + 1 / 3.0f)};
  }
  std::vector<Colour> colours_;
  bool stepped_;
};

/// A number of 0..1 at each place of the unit square.
class Field {
 public:
  explicit Field(Draws& draws)
      : pattern_(Pattern(draws.integer(0, int(Pattern::marble)))),
        angle_(draws.uniform(0, turn)),
        scale_(draws.scale(3, 24)),
        bend_(draws.chance(0.7f) ? draws.scale(0.02f, 0.25f) : 0),
        bends_(draws.scale(1.5f, 6)),
        share_(draws.uniform(0.2f, 0.45f)),
        rough_(draws.chance(0.4f) ? draws.uniform(0.1f, 0.5f) : 0),
        centre_{draws.uniform(), draws.uniform()},
        seed_(draws.bits()) {}

  float at(float x, float y) const {
    const Vec p{x, y}, around{bends_ * x, bends_ * y};
    const Vec bent = p + Vec{cloudy(around, 3, seed_ + 11) - 0.5f, cloudy(around, 3, seed_ + 23) - 0.5f} * (4 * bend_);
    const float c = std::cos(angle_), s = std::sin(angle_);
    const float u = scale_ * (c * bent.x + s * bent.y), v = scale_ * (c * bent.y - s * bent.x);
    const float fine = rough_ > 0 ? rough_ * (cloudy({6 * u, 6 * v}, 3, seed_ + 37) - 0.5f) : 0;
    return value(bent, u, v) + fine;
  }

 private:
  static float wave(float u) { return 0.5f + 0.5f * std::sin(turn * u); }

  float value(Vec p, float u, float v) const {
    switch (pattern_) {
      case Pattern::stripes: return wave(u);
      case Pattern::rings: return wave(scale_ * length(p - centre_));
      case Pattern::dots: return std::clamp((share_ + 0.1f - nearest(u, v, 0.5f * share_).first) / 0.2f, 0.0f, 1.0f);
      case Pattern::checks: return 0.8f * float((int(std::floor(u)) + int(std::floor(v))) & 1) + 0.2f * hashed(int(std::floor(u)), int(std::floor(v)), 0, seed_);
      case Pattern::weave: return (int(std::floor(u)) + int(std::floor(v))) & 1 ? wave(4 * u) : wave(4 * v);
      case Pattern::cells: return std::min(1.0f, 1.2f * nearest(u, v, 1).first);
      case Pattern::panes: return nearest(u, v, 1).second;
      case Pattern::clouds: return std::clamp(1.8f * cloudy({0.5f * u, 0.5f * v}, 5, seed_) - 0.4f, 0.0f, 1.0f);
      case Pattern::ridges: return std::pow(1 - std::abs(2 * cloudy({0.5f * u, 0.5f * v}, 4, seed_) - 1), 4.0f);
      case Pattern::marble: break;
    }
    return wave(0.3f * u + 2.5f * cloudy({0.3f * u, 0.3f * v}, 5, seed_));
  }

  /// One point a cell, so far from its middle at most: the distance to the nearest, and a number of its own.
  std::pair<float, float> nearest(float u, float v, float astray) const {
    const int column = int(std::floor(u)), row = int(std::floor(v));
    float best = 9, own = 0;
    for (int j = row - 1; j <= row + 1; j++)
      for (int i = column - 1; i <= column + 1; i++) {
        const float x = float(i) + 0.5f + astray * (hashed(i, j, 1, seed_) - 0.5f), y = float(j) + 0.5f + astray * (hashed(i, j, 2, seed_) - 0.5f);
        if (const float d = std::hypot(u - x, v - y); d < best) best = d, own = hashed(i, j, 3, seed_);
      }
    return {best, own};
  }

  Pattern pattern_;
  float angle_, scale_, bend_, bends_, share_, rough_;
  Vec centre_;
  uint32_t seed_;
};

class Canvas {
 public:
  explicit Canvas(int size) : size_(size), pixels_(size_t(size) * size_t(size)) {}

  template <class F>
  void fill(const F& colour) {
    for (int y = 0; y < size_; y++)
      for (int x = 0; x < size_; x++) at(x, y) = colour((float(x) + 0.5f) / float(size_), (float(y) + 0.5f) / float(size_), at(x, y));
  }
  Colour& at(int x, int y) { return pixels_[size_t(y) * size_t(size_) + size_t(x)]; }
  int size() const { return size_; }

  /// A brush of this length and width in pixels, of which each hair leaves its own shade.
  void stroke(float x, float y, float angle, float length, float width, Colour colour, uint32_t hairs) {
    const float c = std::cos(angle), s = std::sin(angle), reach = 0.5f * (length + width);
    for (int j = std::max(0, int(y - reach)); j <= std::min(size_ - 1, int(y + reach)); j++)
      for (int i = std::max(0, int(x - reach)); i <= std::min(size_ - 1, int(x + reach)); i++) {
        const float along = c * (float(i) - x) + s * (float(j) - y), across = c * (float(j) - y) - s * (float(i) - x);
        const float off = std::hypot(std::max(0.0f, std::abs(along) - 0.5f * (length - width)), across);
        const float cover = std::clamp(0.5f * width - off + 0.5f, 0.0f, 1.0f);
        if (cover > 0) at(i, j) = mix(at(i, j), colour * (0.85f + 0.3f * noise({1.3f * across, 0.08f * along}, hairs)), cover);
      }
  }

  Picture picture() const {
    Picture picture;
    picture.width = picture.height = size_;
    for (int channel = 0; channel < 3; channel++)
      for (const Colour& colour : pixels_) picture.rgb.push_back(std::clamp(colour[channel], 0.0f, 1.0f));
    return picture;
  }

 private:
  int size_;
  std::vector<Colour> pixels_;
};

// What is there, in strokes that follow a stream or lie all one way.
void paint_over(Canvas& canvas, Draws& draws) {
  const float width = draws.scale(0.008f, 0.04f) * float(canvas.size()), length = width * draws.scale(2, 9);
  const float way = draws.uniform(0, turn), stray = draws.uniform(0, 1.2f), bends = draws.scale(1, 4), shade = draws.uniform(0, 0.25f);
  const uint32_t seed = draws.bits();
  Canvas below = canvas;
  const int count = int(2.5f * float(canvas.size()) * float(canvas.size()) / (width * length));
  for (int k = 0; k < count; k++) {
    const int x = draws.integer(0, canvas.size() - 1), y = draws.integer(0, canvas.size() - 1);
    const float at = 1 / float(canvas.size());
    const float angle = way + 2 * stray * turn * (cloudy({bends * at * float(x), bends * at * float(y)}, 2, seed) - 0.5f);
    canvas.stroke(float(x), float(y), angle, length * draws.uniform(0.6f, 1.2f), width * draws.uniform(0.6f, 1.2f),
                  below.at(x, y) * draws.uniform(1 - shade, 1 + shade), draws.bits());
  }
}

void spatter(Canvas& canvas, Draws& draws, const Palette& palette) {
  const int count = draws.integer(20, 400);
  const float largest = draws.scale(0.01f, 0.06f) * float(canvas.size());
  for (int k = 0; k < count; k++) {
    const float width = std::max(1.5f, largest * draws.uniform() * draws.uniform());
    canvas.stroke(draws.uniform(0, float(canvas.size())), draws.uniform(0, float(canvas.size())), draws.uniform(0, turn),
                  width * draws.uniform(1, 1.5f), width, palette.at(draws.uniform()), draws.bits());
  }
}

// Canvas, paper or plaster: fine noise as light from one side would show it.
void roughen(Canvas& canvas, Draws& draws) {
  const float depth = draws.uniform(0.1f, 0.7f), fine = draws.scale(0.15f, 0.6f) * float(canvas.size()), long_ = draws.chance(0.3f) ? 6 : 1;
  const uint32_t seed = draws.bits();
  canvas.fill([&](float x, float y, Colour colour) {
    const auto height = [&](float away) { return cloudy({fine * x / long_ + away, fine * y + away}, 2, seed); };
    return colour * (1 + depth * (height(0) - height(0.5f)));
  });
}

}  // namespace

Picture texture_picture(uint64_t key, int size) {
  Draws draws(key);
  const Palette palette(draws), other(draws);
  const Field first(draws), second(draws), where(draws);
  const bool both = draws.chance(0.5f), own_palette = draws.chance(0.5f);
  Canvas canvas(size);
  canvas.fill([&](float x, float y, Colour) {
    const Colour colour = palette.at(first.at(x, y));
    if (!both) return colour;
    const float share = std::clamp(4 * where.at(x, y) - 1.5f, 0.0f, 1.0f);
    return mix(colour, (own_palette ? other : palette).at(second.at(x, y)), share);
  });
  if (draws.chance(0.5f)) paint_over(canvas, draws);
  if (draws.chance(0.25f)) spatter(canvas, draws, other);
  if (draws.chance(0.6f)) roughen(canvas, draws);
  return canvas.picture();
}

}  // namespace impasto
