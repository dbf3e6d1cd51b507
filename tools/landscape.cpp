// impasto landscape: mountains by a lake, out of noise. A picture to paint where no photograph is at hand.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>

#include "engine/random.h"
#include "loaders/picture.h"
#include "tools/command.h"
#include "tools/prepare.h"

namespace impasto {
namespace {

using Colour = std::array<double, 3>;

Colour mix(const Colour& a, const Colour& b, double t) {
  t = std::clamp(t, 0.0, 1.0);
  return {a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t};
}

double smooth(double t) { return t * t * (3 - 2 * t); }

/// Value noise in octaves (fractal Brownian motion), about 0..1.
class Noise {
 public:
  explicit Noise(uint64_t seed) : seed_(seed) {}
  double operator()(double x, double y, int octaves) const {
    double sum = 0, height = 0.5;
    for (int k = 0; k < octaves; k++, x *= 2, y *= 2, height /= 2) sum += height * at(x + 17 * k, y + 31 * k);
    return sum;
  }

 private:
  double corner(int64_t x, int64_t y) const {
    return double(random::uniform_from(random::philox({{uint32_t(x), uint32_t(y), 0, 0}}, uint32_t(seed_), uint32_t(seed_ >> 32)).word[0]));
  }
  double at(double x, double y) const {
    const double left = std::floor(x), top = std::floor(y), u = smooth(x - left), v = smooth(y - top);
    const auto i = int64_t(left), j = int64_t(top);
    const double above = corner(i, j) + (corner(i + 1, j) - corner(i, j)) * u;
    const double below = corner(i, j + 1) + (corner(i + 1, j + 1) - corner(i, j + 1)) * u;
    return above + (below - above) * v;
  }
  uint64_t seed_;
};

/// x to the right and y down, in heights of the picture.
class Landscape {
 public:
  Landscape(uint64_t seed, double width) : noise_(seed), sun_(width * (0.3 + 0.4 * noise_(0.5, 0.5, 1))), width_(width) {}

  Colour at(double x, double y) const {
    if (const double trees = shore(x); y > trees) return mix({0.04, 0.07, 0.05}, {0.16, 0.20, 0.08}, 6 * (y - trees) * noise_(40 * x, 25 * y, 3));
    if (y < water) return land(x, y);
    // A mirror of what stands above it, drawn out by waves that grow towards the viewer.
    const double depth = y - water, wave = noise_(12 * x, 6 / (depth + 0.05), 3) - 0.45;
    const Colour mirrored = land(x + 0.3 * depth * wave, water - 0.9 * depth + 0.25 * depth * wave);
    return mix(mirrored, {0.05, 0.16, 0.25}, 0.25 + 0.5 * depth + 0.8 * depth * wave);
  }

 private:
  static constexpr double water = 0.68;

  Colour sky(double x, double y) const {
    const Colour high{0.20, 0.42, 0.72}, low{0.96, 0.80, 0.58};
    const double from_sun = std::hypot(x - sun_, y - 0.30);
    const Colour clear = mix(mix(high, low, y / 0.6), {1, 0.95, 0.75}, 1.2 * std::exp(-9 * from_sun) + (from_sun < 0.045 ? 1 : 0));
    const double cloud = noise_(2.5 * x + 5, 7 * y, 5) - 0.46;
    return mix(clear, {1, 0.97, 0.93}, 5 * cloud * (1 - y));
  }

  // Four ridges, the nearer the lower and the darker; air between them takes their colour away.
  Colour land(double x, double y) const {
    for (int near = 3; near >= 0; near--) {
      const double top = 0.33 + 0.09 * near - (0.42 - 0.08 * near) * (noise_((1.3 + 0.7 * near) * x + 9 * near, 3.5 * near, 6) - 0.45);
      if (y < top) continue;
      const double lit = noise_(9 * x + 14 * (y - top), 9 * y, 5), snow = near < 2 ? (0.10 - 1.1 * (y - top)) / 0.06 - 2.5 * lit : 0;
      const Colour rock = mix({0.16, 0.18, 0.20}, {0.48, 0.42, 0.34}, 1.8 * lit - 0.35), wood = mix({0.05, 0.13, 0.08}, {0.30, 0.40, 0.16}, 1.8 * lit - 0.4);
      const Colour ground = mix(mix(rock, wood, near - 1 + 2 * (y - top)), {0.95, 0.96, 1}, snow);
      return mix(ground, {0.62, 0.70, 0.80}, 0.55 - 0.18 * near);
    }
    return sky(x, y);
  }

  // The near shore: a bank with the tops of firs.
  double shore(double x) const {
    double top = 0.98 - 0.10 * noise_(3 * x, 20, 3);
    for (int k = 0; k < 26; k++) {
      const double where = width_ * noise_(k + 0.5, 50, 1) * 2, height = 0.10 + 0.34 * noise_(k + 0.5, 70, 1), aside = std::abs(x - where);
      const double branches = 1 + 0.3 * std::sin(90 * aside / height);  // jags
      if (where < 0.35 * width_ || where > 0.72 * width_) top = std::min(top, 0.97 - height + 4.2 * aside * branches);
    }
    return top;
  }

  Noise noise_;
  double sun_, width_;
};

struct LandscapeOptions {
  std::string out;
  int width = 720, height = 480;
  uint64_t seed = 1;
};

void run(const LandscapeOptions& o) {
  check_writable(o.out);
  Picture picture;
  picture.width = o.width;
  picture.height = o.height;
  picture.rgb.resize(3 * picture.pixels());
  const Landscape landscape(o.seed, double(o.width) / o.height);
  for (int y = 0; y < o.height; y++)
    for (int x = 0; x < o.width; x++) {
      const Colour colour = landscape.at((x + 0.5) / o.height, (y + 0.5) / o.height);
      for (size_t c = 0; c < 3; c++) picture.rgb[c * picture.pixels() + size_t(y) * size_t(o.width) + size_t(x)] = float(std::clamp(colour[c], 0.0, 1.0));
    }
  write_picture(o.out, picture);
}

}  // namespace

void add_landscape_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("landscape", "Draw mountains by a lake: a picture to paint where no photograph is at hand");
  const auto o = std::make_shared<LandscapeOptions>();
  command->add_option("-o,--output", o->out, "The picture: .png, .jpg or .webp; - is standard output, as PNG")->required();
  command->add_option("--width", o->width, "Pixels")->capture_default_str()->check(CLI::Range(16, 4096));
  command->add_option("--height", o->height, "Pixels")->capture_default_str()->check(CLI::Range(16, 4096));
  command->add_option("--seed", o->seed, "Another number, other mountains")->capture_default_str();
  command->callback([o] { run(*o); });
}

}  // namespace impasto
