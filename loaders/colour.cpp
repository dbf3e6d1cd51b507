#include "loaders/colour.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "loaders/matrix3.h"

namespace impasto {
namespace {

float clamped(double value) { return static_cast<float>(std::clamp(value, 0.0, 1.0)); }

double opacity(const Picture& picture, std::size_t pixel) { return picture.alpha.empty() ? 1.0 : picture.alpha[pixel]; }

void check_sizes(const Picture& painted, const Picture& photo) {
  if (painted.width == photo.width && painted.height == photo.height) return;
  const auto size = [](const Picture& p) { return std::to_string(p.width) + "x" + std::to_string(p.height); };
  throw ShapeError("a painted picture of " + size(painted) + " and a photo of " + size(photo) + " cannot be combined pixel by pixel");
}

// U and V are of differences between channels, so a grey added to all three leaves them: what Y lacks is added.
void keep_luminance(Picture& painted, const Picture& photo) {
  check_sizes(painted, photo);
  const std::size_t pixels = painted.pixels();
  const auto luminance = [pixels](const Picture& p, std::size_t i) {
    return 0.299 * p.rgb[i] + 0.587 * p.rgb[pixels + i] + 0.114 * p.rgb[2 * pixels + i];
  };
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < pixels; ++i) {
    const double lacking = luminance(painted, i) - luminance(photo, i);
    for (std::size_t c = 0; c < 3; ++c) painted.rgb[c * pixels + i] = clamped(photo.rgb[c * pixels + i] + lacking);
  }
}

// 16 bins from one 8-bit level to the next, each centred on a multiple of 1 / last_bin, so that levels lie on centres.
constexpr int last_bin = 255 * 16;
using Bins = std::vector<double>;

/// Share of the pixels in the bins before each, and behind the last: 1. Empty if nothing is opaque.
Bins cumulative_histogram(const Picture& picture, std::size_t channel) {
  const float* const values = picture.rgb.data() + channel * picture.pixels();
  Bins counts(last_bin + 1, 0.0);
  for (std::size_t i = 0; i < picture.pixels(); ++i)
    counts[static_cast<std::size_t>(clamped(values[i]) * last_bin + 0.5f)] += opacity(picture, i);
  Bins before(counts.size() + 1, 0.0);
  for (std::size_t b = 0; b < counts.size(); ++b) before[b + 1] = before[b] + counts[b];
  const double all = before.back();
  if (!(all > 0)) return {};
  for (double& share : before) share /= all;
  return before;
}

/// The value below which `share` of the pixels lie.
double quantile(const Bins& before, double share) {
  const auto above = std::upper_bound(before.begin(), before.end() - 1, share);
  const auto bin = static_cast<std::size_t>(std::max<std::ptrdiff_t>(above - before.begin() - 1, 0));
  const double width = before[bin + 1] - before[bin];
  const double within = width > 0 ? (share - before[bin]) / width : 0.5;
  return (static_cast<double>(bin) - 0.5 + within) / last_bin;
}

void keep_histogram(Picture& painted, const Picture& photo) {
  const std::size_t pixels = painted.pixels();
  for (std::size_t c = 0; c < 3; ++c) {
    const Bins from = cumulative_histogram(painted, c), to = cumulative_histogram(photo, c);
    if (from.empty() || to.empty()) return;
    // Where the middle of each bin goes.
    Bins moved(last_bin + 1);
    for (std::size_t b = 0; b < moved.size(); ++b) moved[b] = quantile(to, (from[b] + from[b + 1]) / 2);
    float* const values = painted.rgb.data() + c * pixels;
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < pixels; ++i) {
      const double position = double(clamped(values[i])) * last_bin;
      const auto bin = std::min(static_cast<std::size_t>(position), moved.size() - 2);
      values[i] = clamped(std::lerp(moved[bin], moved[bin + 1], position - static_cast<double>(bin)));
    }
  }
}

struct Statistics {
  Vector3 mean{};
  Matrix3 covariance{};  // the lower triangle
  bool there = false;  // something is opaque
};

Statistics statistics(const Picture& picture) {
  Statistics s;
  const std::size_t pixels = picture.pixels();
  const auto each = [&](auto&& use) {
    for (std::size_t i = 0; i < pixels; ++i)
      use(opacity(picture, i), Vector3{picture.rgb[i], picture.rgb[pixels + i], picture.rgb[2 * pixels + i]});
  };
  double all = 0;
  each([&](double weight, const Vector3& colour) {
    all += weight;
    for (std::size_t c = 0; c < 3; ++c) s.mean[c] += weight * colour[c];
  });
  if (!(all > 0)) return s;
  for (double& m : s.mean) m /= all;
  each([&](double weight, const Vector3& colour) {
    for (std::size_t r = 0; r < 3; ++r)
      for (std::size_t c = 0; c <= r; ++c) s.covariance[r][c] += weight / all * (colour[r] - s.mean[r]) * (colour[c] - s.mean[c]);
  });
  s.there = true;
  return s;
}

// What makes every covariance positive definite, that of one flat colour too.
constexpr double ridge = 1e-5;

Matrix3 with_ridge(Matrix3 a) {
  for (std::size_t r = 0; r < 3; ++r) a[r][r] += ridge;
  return a;
}

/// Of each channel over its deviation.
Matrix3 correlation(const Statistics& s, const Vector3& deviation) {
  Matrix3 a{};
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t c = 0; c <= r; ++c) a[r][c] = s.covariance[r][c] / (deviation[r] * deviation[c]);
  return a;
}

Vector3 deviations(const Statistics& s) {
  const auto of = [&](std::size_t c) { return std::sqrt(s.covariance[c][c] + 1e-12); };  // of a flat channel not 0
  return {of(0), of(1), of(2)};
}

Matrix3 cholesky_map(const Statistics& from, const Statistics& to) {
  return lower_quotient(cholesky_factor(with_ridge(to.covariance)), cholesky_factor(with_ridge(from.covariance)));
}

Matrix3 coral_map(const Statistics& from, const Statistics& to) {
  const Vector3 narrow = deviations(from), wide = deviations(to);
  Matrix3 a = symmetric_power(with_ridge(correlation(to, wide)), 0.5) * symmetric_power(with_ridge(correlation(from, narrow)), -0.5);
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t c = 0; c < 3; ++c) a[r][c] *= wide[r] / narrow[c];
  return a;
}

/// Moves the colours about their mean by map(their statistics, the photo's), to the photo's mean.
void keep_covariance(Picture& painted, const Picture& photo, Matrix3 (*map)(const Statistics&, const Statistics&)) {
  const Statistics from = statistics(painted), to = statistics(photo);
  if (!from.there || !to.there) return;
  const Matrix3 a = map(from, to);
  const std::size_t pixels = painted.pixels();
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < pixels; ++i) {
    Vector3 colour;
    for (std::size_t c = 0; c < 3; ++c) colour[c] = painted.rgb[c * pixels + i] - from.mean[c];
    const Vector3 moved = a * colour;
    for (std::size_t c = 0; c < 3; ++c) painted.rgb[c * pixels + i] = clamped(moved[c] + to.mean[c]);
  }
}

}  // namespace

KeepColour keep_colour(const std::string& name) {
  if (name == "none") return KeepColour::none;
  if (name == "luminance") return KeepColour::luminance;
  if (name == "histogram") return KeepColour::histogram;
  if (name == "cholesky") return KeepColour::cholesky;
  if (name == "coral") return KeepColour::coral;
  throw UsageError("\"" + name + "\" is no way to keep colour; there are none, luminance, histogram, cholesky and coral");
}

Picture keep_colour(Picture painted, const Picture& photo, KeepColour how) {
  if (how == KeepColour::luminance) keep_luminance(painted, photo);
  if (how == KeepColour::histogram) keep_histogram(painted, photo);
  if (how == KeepColour::cholesky) keep_covariance(painted, photo, cholesky_map);
  if (how == KeepColour::coral) keep_covariance(painted, photo, coral_map);
  return painted;
}

Picture mix(Picture painted, const Picture& photo, double strength) {
  if (!(strength >= 0 && strength <= 1)) throw UsageError("a strength is 0 to 1, not " + std::to_string(strength));
  check_sizes(painted, photo);
  const auto share = static_cast<float>(strength);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < painted.rgb.size(); ++i) painted.rgb[i] = share * painted.rgb[i] + (1 - share) * photo.rgb[i];
  return painted;
}

}  // namespace impasto
