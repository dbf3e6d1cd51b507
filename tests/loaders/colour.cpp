// Kept colours by what they are defined to keep, computed here in other ways.
#include "loaders/colour.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "tests/reference/formula.h"

using namespace impasto;

namespace {

// Values within [low, high], so that nothing is clamped on the way.
Picture picture(uint32_t seed, int width, int height, float low = 0, float high = 1) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb = formula::picture(seed, 6, height, width);
  for (float& value : p.rgb) value = low + (high - low) * value / 255;
  return p;
}

std::array<double, 3> yuv(const Picture& p, size_t i) {
  const double r = p.rgb[i], g = p.rgb[p.pixels() + i], b = p.rgb[2 * p.pixels() + i];
  return {.299 * r + .587 * g + .114 * b, -.14713 * r - .28886 * g + .436 * b, .615 * r - .51499 * g - .10001 * b};
}

double mean(const Picture& p, size_t c) {
  const auto begin = p.rgb.begin() + std::ptrdiff_t(c * p.pixels());
  return std::accumulate(begin, begin + std::ptrdiff_t(p.pixels()), 0.0) / double(p.pixels());
}

double covariance(const Picture& p, size_t a, size_t b) {
  double sum = 0;
  for (size_t i = 0; i < p.pixels(); i++) sum += (p.rgb[a * p.pixels() + i] - mean(p, a)) * (p.rgb[b * p.pixels() + i] - mean(p, b));
  return sum / double(p.pixels());
}

bool sound(const Picture& p) {
  return std::all_of(p.rgb.begin(), p.rgb.end(), [](float v) { return v >= 0 && v <= 1; });
}

const KeepColour all[] = {KeepColour::luminance, KeepColour::histogram, KeepColour::cholesky, KeepColour::coral};

}  // namespace

TEST_CASE("luminance keeps Y of the painted picture and U, V of the photo") {
  const Picture painted = picture(1, 17, 9, 0.45f, 0.55f), photo = picture(2, 17, 9, 0.4f, 0.6f);
  const Picture kept = keep_colour(painted, photo, KeepColour::luminance);
  double worst = 0;
  for (size_t i = 0; i < kept.pixels(); i++) {
    worst = std::max(worst, std::abs(yuv(kept, i)[0] - yuv(painted, i)[0]));
    worst = std::max(worst, std::abs(yuv(kept, i)[1] - yuv(photo, i)[1]));
    worst = std::max(worst, std::abs(yuv(kept, i)[2] - yuv(photo, i)[2]));
  }
  CHECK(worst < 1e-5);  // the matrix is given to five digits
}

TEST_CASE("cholesky and coral give the photo's mean and covariance, whatever the sizes") {
  const Picture painted = picture(3, 40, 30, 0.1f, 0.4f), photo = picture(4, 24, 33, 0.45f, 0.55f);
  for (const KeepColour how : {KeepColour::cholesky, KeepColour::coral}) {
    CAPTURE(int(how));
    const Picture kept = keep_colour(painted, photo, how);
    for (size_t a = 0; a < 3; a++) {
      CHECK(mean(kept, a) == doctest::Approx(mean(photo, a)).epsilon(1e-5));
      // The ridge of 1e-5 on both sides leaves at most as much.
      for (size_t b = 0; b < 3; b++) CHECK(std::abs(covariance(kept, a, b) - covariance(photo, a, b)) < 1e-5);
    }
  }
  CHECK(covariance(photo, 0, 0) > 1e-4);
}

TEST_CASE("coral leaves a picture alone that has the photo's colours already, and turns none that are uncorrelated") {
  const Picture photo = picture(4, 24, 33, 0.3f, 0.7f);
  const Picture same = keep_colour(photo, photo, KeepColour::coral);
  double worst = 0;
  for (size_t i = 0; i < photo.rgb.size(); i++) worst = std::max(worst, double(std::abs(same.rgb[i] - photo.rgb[i])));
  CHECK(worst < 1e-6);
  // Channels of equal deviation and no correlation, in the photo another deviation each: every channel is stretched for itself.
  Picture corners, wide;
  corners.width = wide.width = 4, corners.height = wide.height = 2;
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < 8; i++) corners.rgb.push_back(i >> c & 1 ? 0.6f : 0.4f), wide.rgb.push_back(0.5f + 0.05f * float(c + 1) * (i >> c & 1 ? 1.0f : -1.0f));
  const Picture stretched = keep_colour(corners, wide, KeepColour::coral);
  for (size_t i = 0; i < wide.rgb.size(); i++) CHECK(stretched.rgb[i] == doctest::Approx(wide.rgb[i]).epsilon(1e-5));
}

TEST_CASE("the histogram becomes the photo's, exactly for a picture that is the photo permuted or darkened") {
  Picture photo = picture(5, 31, 20);
  for (float& value : photo.rgb) value = std::round(value * 255) / 255;
  const auto sort_channels = [](Picture& p) {
    for (size_t c = 0; c < 3; c++) {
      const auto begin = p.rgb.begin() + std::ptrdiff_t(c * p.pixels());
      std::sort(begin, begin + std::ptrdiff_t(p.pixels()));
    }
  };
  Picture sorted = photo;
  sort_channels(sorted);
  Picture darker = sorted;
  for (float& value : darker.rgb) value *= 0.5f;
  const Picture other = picture(11, 20, 31, 0.3f, 0.6f);  // of other ties: a pixel's share of the values may differ
  for (const auto& [painted, bound] : {std::pair{sorted, 1.0 / 4080}, {darker, 1.0 / 4080}, {other, 0.03}}) {
    Picture kept = keep_colour(painted, photo, KeepColour::histogram);
    sort_channels(kept);
    double worst = 0;
    for (size_t i = 0; i < kept.rgb.size(); i++) worst = std::max(worst, double(std::abs(kept.rgb[i] - sorted.rgb[i])));
    CHECK(worst < bound);
  }
}

TEST_CASE("a flat picture gives no NaN, and none is made brighter than white") {
  Picture flat = picture(1, 6, 5);
  std::fill(flat.rgb.begin(), flat.rgb.end(), 0.5f);
  const Picture photo = picture(2, 6, 5);
  for (const KeepColour how : all) {
    CAPTURE(int(how));
    CHECK(sound(keep_colour(flat, photo, how)));
    CHECK(sound(keep_colour(photo, flat, how)));
    CHECK(sound(keep_colour(flat, flat, how)));
  }
  // One colour becomes the middle one.
  const Picture moved = keep_colour(flat, photo, KeepColour::histogram);
  std::vector<float> red(photo.rgb.begin(), photo.rgb.begin() + 30);
  std::sort(red.begin(), red.end());
  CHECK(moved.rgb[0] >= red[14] - 1e-3f);
  CHECK(moved.rgb[0] <= red[15] + 1e-3f);
}

TEST_CASE("what cannot be seen does not count, and alpha stays") {
  Picture painted = picture(1, 8, 8, 0.2f, 0.8f), photo = picture(2, 8, 8, 0.45f, 0.55f);
  painted.alpha.assign(64, 1);
  photo.alpha.assign(64, 1);
  Picture hidden = photo;
  hidden.alpha[5] = 0;
  for (size_t c = 0; c < 3; c++) photo.rgb[c * 64 + 5] = photo.rgb[c * 64 + 6];
  for (const KeepColour how : {KeepColour::histogram, KeepColour::cholesky, KeepColour::coral}) {
    Picture altered = hidden;
    altered.rgb[5] = 1;
    CHECK(keep_colour(painted, hidden, how).rgb == keep_colour(painted, altered, how).rgb);
    CHECK(keep_colour(painted, photo, how).alpha == painted.alpha);
  }
  std::fill(painted.alpha.begin(), painted.alpha.end(), 0.0f);
  for (const KeepColour how : all) CHECK(sound(keep_colour(painted, photo, how)));
}

TEST_CASE("names of the ways, and pictures that do not fit") {
  CHECK(keep_colour("cholesky") == KeepColour::cholesky);
  CHECK(keep_colour("coral") == KeepColour::coral);
  CHECK(keep_colour("none") == KeepColour::none);
  CHECK_THROWS_AS(keep_colour("Luminance"), UsageError);
  CHECK_THROWS_AS(keep_colour(picture(1, 4, 4), picture(1, 4, 5), KeepColour::luminance), ShapeError);
  const Picture painted = picture(1, 4, 4);
  CHECK(keep_colour(painted, picture(2, 4, 4), KeepColour::none).rgb == painted.rgb);
}

TEST_CASE("a mix runs from the photo to the painted picture") {
  const Picture painted = picture(1, 5, 4), photo = picture(2, 5, 4);
  CHECK(mix(painted, photo, 0).rgb == photo.rgb);
  CHECK(mix(painted, photo, 1).rgb == painted.rgb);
  CHECK(mix(painted, photo, 0.25).rgb[7] == doctest::Approx(0.25 * painted.rgb[7] + 0.75 * photo.rgb[7]));
  CHECK_THROWS_AS(mix(painted, photo, 1.5), UsageError);
  CHECK_THROWS_AS(mix(painted, picture(2, 4, 5), 0.5), ShapeError);
}
