#include "nets/depth_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/random.h"
#include "nets/plane_metrics.h"

namespace impasto {

double depth_error(const Plane& photo, const Plane& result) { return mean_squared_difference(min_max(photo), min_max(result)); }

double depth_order(const Plane& photo, const Plane& result, const DepthOrder& how) {
  check_one_size(photo, result);
  const auto [least, most] = std::minmax_element(photo.values.begin(), photo.values.end());
  const double apart = how.least * (double(*most) - *least);
  const auto pixel = [&](uint64_t position) { return std::size_t(random::bits(how.seed, position) * uint64_t(photo.pixels()) >> 32); };
  int found = 0, same = 0;
  for (uint64_t drawn = 0; found < how.pairs && drawn < 100 * uint64_t(how.pairs); drawn++) {
    const std::size_t i = pixel(2 * drawn), j = pixel(2 * drawn + 1);
    const double in_photo = double(photo.values[i]) - photo.values[j], in_result = double(result.values[i]) - result.values[j];
    if (!(std::abs(in_photo) > apart)) continue;
    found++;
    same += in_photo * in_result > 0;
  }
  return found > 0 ? double(same) / found : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace impasto
