// Vertical first: a row of the result is a weighted sum of whole source rows (one stream a tap, which vectorises) and is then
// filtered along itself. No plane in between is ever stored.
#include "loaders/resize.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "engine/error.h"

namespace impasto {
namespace {

double lanczos3(double x) {
  x = std::abs(x);
  if (x < 1e-9) return 1;
  if (x >= 3) return 0;
  const double a = std::numbers::pi * x;
  return 3 * std::sin(a) * std::sin(a / 3) / (a * a);
}

double catmull_rom(double x) {
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/// For each position of the result the source positions first .. first + taps - 1 and their weights.
struct Axis {
  struct Span {
    int first, taps;
    std::size_t weights;
  };
  std::vector<Span> spans;
  std::vector<float> weights;
};

Axis make_axis(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const bool shrinks = to < from;
  const double stretch = shrinks ? scale : 1;
  const double reach = (shrinks ? 3 : 2) * stretch;
  Axis axis;
  std::vector<double> row;
  for (int i = 0; i < to; ++i) {
    if (from == to) {
      axis.spans.push_back({i, 1, axis.weights.size()});
      axis.weights.push_back(1);
      continue;
    }
    const double centre = (i + 0.5) * scale - 0.5;
    const int first = std::max(0, static_cast<int>(std::ceil(centre - reach)));
    const int last = std::min(from - 1, static_cast<int>(std::floor(centre + reach)));
    row.clear();
    double sum = 0;
    for (int s = first; s <= last; ++s) {
      const double x = (s - centre) / stretch;
      row.push_back(shrinks ? lanczos3(x) : catmull_rom(x));
      sum += row.back();
    }
    axis.spans.push_back({first, last - first + 1, axis.weights.size()});
    for (const double weight : row) axis.weights.push_back(static_cast<float>(weight / sum));
  }
  return axis;
}

// What a fully hidden pixel still counts, so that hidden regions keep their own colours instead of turning black.
constexpr float hidden_counts = 1.0f / 1024;

struct Resampler {
  const Picture& in;
  Axis across, down;

  /// sum over the taps of weight * plane row, into `sum` (one source row long). With `alpha` the values count by opacity;
  /// a null plane sums the opacities themselves.
  void gather(const float* plane, const float* alpha, int y, std::vector<float>& sum) const {
    const Axis::Span span = down.spans[static_cast<std::size_t>(y)];
    const std::size_t width = static_cast<std::size_t>(in.width);
    std::fill(sum.begin(), sum.end(), 0.0f);
    float* const out = sum.data();
    for (int tap = 0; tap < span.taps; ++tap) {
      const float weight = down.weights[span.weights + static_cast<std::size_t>(tap)];
      const std::size_t row = static_cast<std::size_t>(span.first + tap) * width;
      const float* const p = plane ? plane + row : nullptr;
      const float* const a = alpha ? alpha + row : nullptr;
      if (p && a)
        for (std::size_t x = 0; x < width; ++x) out[x] += weight * p[x] * (a[x] + hidden_counts);
      else if (p)
        for (std::size_t x = 0; x < width; ++x) out[x] += weight * p[x];
      else
        for (std::size_t x = 0; x < width; ++x) out[x] += weight * (a[x] + hidden_counts);
    }
  }

  float along(const std::vector<float>& row, int x) const {
    const Axis::Span span = across.spans[static_cast<std::size_t>(x)];
    const float* const weight = across.weights.data() + span.weights;
    const float* const value = row.data() + span.first;
    float sum = 0;
    for (int tap = 0; tap < span.taps; ++tap) sum += weight[tap] * value[tap];
    return sum;
  }

  /// The source pixel under the middle of the result's pixel: the colour where the opacity sums to nothing.
  float nearest(const float* plane, int x, int y) const {
    const auto middle = [](int i, std::size_t to, int from) {
      return static_cast<std::size_t>((2 * i + 1LL) * from / (2 * static_cast<long long>(to)));
    };
    return plane[middle(y, down.spans.size(), in.height) * static_cast<std::size_t>(in.width) + middle(x, across.spans.size(), in.width)];
  }
};

float clamped(float value) { return std::clamp(value, 0.0f, 1.0f); }

}  // namespace

Picture resize(const Picture& picture, int width, int height) {
  if (width < 1 || height < 1)
    throw ShapeError("a picture cannot be resized to " + std::to_string(width) + "x" + std::to_string(height) +
                     "; each side is at least 1");
  if (width == picture.width && height == picture.height) return picture;
  Picture out;
  out.width = width;
  out.height = height;
  out.grey = picture.grey;
  out.bits = picture.bits;
  out.rgb.resize(3 * out.pixels());
  const bool transparent = !picture.alpha.empty();
  if (transparent) out.alpha.resize(out.pixels());
  const Resampler resampler{picture, make_axis(picture.width, width), make_axis(picture.height, height)};

#pragma omp parallel
  {
    std::vector<float> row(static_cast<std::size_t>(picture.width));
    std::vector<float> opacity(transparent ? static_cast<std::size_t>(width) : 0);
#pragma omp for schedule(static)
    for (int y = 0; y < height; ++y) {
      const std::size_t start = static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
      if (transparent) {
        resampler.gather(nullptr, picture.alpha.data(), y, row);
        for (int x = 0; x < width; ++x) {
          opacity[static_cast<std::size_t>(x)] = resampler.along(row, x);
          out.alpha[start + static_cast<std::size_t>(x)] = clamped(opacity[static_cast<std::size_t>(x)] - hidden_counts);
        }
      }
      for (std::size_t c = 0; c < 3; ++c) {
        const float* const plane = picture.rgb.data() + c * picture.pixels();
        float* const result = out.rgb.data() + c * out.pixels() + start;
        resampler.gather(plane, transparent ? picture.alpha.data() : nullptr, y, row);
        for (int x = 0; x < width; ++x) {
          const float value = resampler.along(row, x);
          if (!transparent)
            result[x] = clamped(value);
          else if (opacity[static_cast<std::size_t>(x)] > hidden_counts / 2)
            result[x] = clamped(value / opacity[static_cast<std::size_t>(x)]);
          else
            result[x] = resampler.nearest(plane, x, y);
        }
      }
    }
  }
  return out;
}

Picture resize_longest(const Picture& picture, int longest) {
  const int old = std::max(picture.width, picture.height);
  if (old < 1) throw ShapeError("a picture without pixels cannot be resized");
  const auto scaled = [&](int side) { return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * longest / old))); };
  if (longest < 1) return resize(picture, longest, longest);  // which says what is wrong
  return resize(picture, scaled(picture.width), scaled(picture.height));
}

}  // namespace impasto
