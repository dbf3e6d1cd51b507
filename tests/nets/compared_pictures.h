// The pictures whose figures are recorded in metrics.h5 (tests/reference, metrics.py), and simple ones.
#pragma once
#include <algorithm>

#include "nets/plane_metrics.h"
#include "tests/reference/formula.h"
#include "tests/reference/recorded.h"

namespace impasto::compared {

inline Picture recorded_picture(uint32_t seed, int block, int height, int width) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb = formula::picture(seed, block, height, width);
  for (float& v : p.rgb) v /= 255;
  return p;
}
inline Picture a() { return recorded_picture(1, 5, 40, 48); }
inline Picture b() { return recorded_picture(3, 4, 40, 48); }
inline Picture near_a() {
  Picture p = a();
  const Picture other = b();
  for (size_t i = 0; i < p.rgb.size(); i++) p.rgb[i] = 0.7f * p.rgb[i] + 0.3f * other.rgb[i];
  return p;
}

/// A picture of one colour.
inline Picture flat(int width, int height, float red, float green, float blue) {
  Picture p;
  p.width = width;
  p.height = height;
  for (const float value : {red, green, blue}) p.rgb.insert(p.rgb.end(), p.pixels(), value);
  return p;
}

template <class F>
Plane mapped(Plane plane, F&& f) {
  std::transform(plane.values.begin(), plane.values.end(), plane.values.begin(), f);
  return plane;
}

inline const Recorded& recorded() {
  static const Recorded file("metrics.h5");
  return file;
}

}  // namespace impasto::compared
