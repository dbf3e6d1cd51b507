// One number a pixel: depth, edges, how much something stands out.
#pragma once
#include <cstddef>
#include <vector>

namespace impasto {

struct Plane {
  int width = 0;
  int height = 0;
  std::vector<float> values;  ///< [height, width]

  std::size_t pixels() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
};

}  // namespace impasto
