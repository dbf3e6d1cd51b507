#include "nets/depth_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/random.h"
#include "nets/plane_metrics.h"

namespace impasto {

double depth_error(const Plane& photo, const Plane& result) { return mean_squared_difference(min_max(photo), min_max(result)); }

namespace {

// f(i, j) of random pairs of pixels, until it has said of so many that they count, or too many were drawn.
template <class F>
int look_at_pairs(size_t pixels, int pairs, uint64_t seed, F f) {
  const auto pixel = [&](uint64_t position) { return std::size_t(random::bits(seed, position) * uint64_t(pixels) >> 32); };
  int found = 0;
  for (uint64_t drawn = 0; found < pairs && drawn < 100 * uint64_t(pairs); drawn++) found += f(pixel(2 * drawn), pixel(2 * drawn + 1));
  return found;
}

double share(double part, int whole) { return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN(); }

}  // namespace

double depth_order(const Plane& photo, const Plane& result, const DepthOrder& how) {
  check_one_size(photo, result);
  const auto [least, most] = std::minmax_element(photo.values.begin(), photo.values.end());
  const double apart = how.least * (double(*most) - *least);
  int same = 0;
  const int found = look_at_pairs(photo.pixels(), how.pairs, how.seed, [&](size_t i, size_t j) {
    const double in_photo = double(photo.values[i]) - photo.values[j], in_result = double(result.values[i]) - result.values[j];
    if (!(std::abs(in_photo) > apart)) return false;
    same += in_photo * in_result > 0;
    return true;
  });
  return share(same, found);
}

double wrong_order(const Plane& known, const Plane& guess, int pairs, uint64_t seed) {
  check_one_size(known, guess);
  constexpr double ratio = 1.02;
  double wrong = 0;
  const int found = look_at_pairs(known.pixels(), pairs, seed, [&](size_t i, size_t j) {
    const double a = known.values[i], b = known.values[j], guessed = double(guess.values[i]) - guess.values[j];
    if (!(a > 0 && b > 0) || (a <= ratio * b && b <= ratio * a)) return false;
    wrong += guessed == 0 ? 0.5 : (a > b) != (guessed > 0);
    return true;
  });
  return share(wrong, found);
}

}  // namespace impasto
