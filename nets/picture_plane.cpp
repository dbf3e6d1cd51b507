#include "nets/picture_plane.h"

#include <algorithm>
#include <cmath>

#include "layers/resize.h"

namespace impasto {

InputSize rounded_size(const InputSize& asked, int picture_width, int picture_height, int multiple, int least) {
  const double scale = double(asked.width) / std::max(picture_width, picture_height);
  const double width = asked.height > 0 ? asked.width : scale * picture_width, height = asked.height > 0 ? asked.height : scale * picture_height;
  const auto rounded = [&](double side) { return std::max(least, int(std::lround(side / multiple)) * multiple); };
  return {rounded(width), rounded(height)};
}

Plane to_plane(const Variable& y, int width, int height, const std::string& source) {
  const Shape& s = y.shape();
  const Variable resized = s.h == height && s.w == width ? y : resize_bilinear(y, height, width);
  Plane plane{width, height, to_host(resized.value())};
  if (!std::all_of(plane.values.begin(), plane.values.end(), [](float v) { return std::isfinite(v); }))
    throw Error(source + ": the network gave values that are not numbers; its weights are damaged or not for this photo");
  return plane;
}

}  // namespace impasto
