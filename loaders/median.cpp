// Medians of many pixels at once, by forgetting: of a set that is larger than half of all values neither the least nor the largest
// can be the median of all, so both are dropped and a new value is let in.
#include "loaders/median.h"

#include <algorithm>
#include <string>

#include "engine/error.h"

namespace impasto {
namespace {

constexpr std::size_t lanes = 16;  // neighbouring pixels of a row
struct Values {
  float lane[lanes];
};

void order(Values& low, Values& high) {
  for (std::size_t l = 0; l < lanes; ++l) {
    const float a = low.lane[l], b = high.lane[l];
    low.lane[l] = b < a ? b : a;
    high.lane[l] = b < a ? a : b;
  }
}

/// Orders values[begin, end) as far as that the least comes first and the largest last.
void extremes_outside(Values* values, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin + 1; i < end; ++i) order(values[begin], values[i]);
  for (std::size_t i = begin + 1; i + 1 < end; ++i) order(values[i], values[end - 1]);
}

template <std::size_t count>
const Values& median_of(Values (&values)[count]) {
  std::size_t begin = 0;
  const std::size_t end = count / 2 + 2;
  for (std::size_t next = end; next < count; ++next, ++begin) {
    extremes_outside(values, begin, end);
    values[end - 1] = values[next];
  }
  extremes_outside(values, begin, end);  // three are left
  return values[begin + 1];
}

/// One channel with `reach` pixels around it, and enough behind each row to read whole lanes.
struct Bordered {
  Bordered(const float* plane, int width, int height, int reach) : stride(static_cast<std::size_t>(width + 2 * reach) + lanes) {
    values.resize(stride * static_cast<std::size_t>(height + 2 * reach));
    for (int y = 0; y < height + 2 * reach; ++y) {
      const float* const from = plane + static_cast<std::size_t>(std::clamp(y - reach, 0, height - 1)) * static_cast<std::size_t>(width);
      float* const to = values.data() + static_cast<std::size_t>(y) * stride;
      for (std::size_t x = 0; x < stride; ++x) to[x] = from[std::clamp(static_cast<int>(x) - reach, 0, width - 1)];
    }
  }
  std::size_t stride;
  std::vector<float> values;
};

template <std::size_t kernel>
void filter(const float* plane, int width, int height, float* result) {
  const Bordered in(plane, width, height, static_cast<int>(kernel / 2));
  const auto columns = static_cast<std::size_t>(width);
#pragma omp parallel for schedule(static)
  for (int y = 0; y < height; ++y)
    for (std::size_t x = 0; x < columns; x += lanes) {
      Values around[kernel * kernel];
      for (std::size_t r = 0; r < kernel; ++r)
        for (std::size_t s = 0; s < kernel; ++s)
          std::copy_n(in.values.data() + (static_cast<std::size_t>(y) + r) * in.stride + x + s, lanes, around[r * kernel + s].lane);
      std::copy_n(median_of(around).lane, std::min(lanes, columns - x), result + static_cast<std::size_t>(y) * columns + x);
    }
}

}  // namespace

Picture median(const Picture& picture, int kernel) {
  const auto filter_of = [&] {
    switch (kernel) {
      case 3:
        return filter<3>;
      case 5:
        return filter<5>;
      case 7:
        return filter<7>;
      case 9:
        return filter<9>;
      default:
        throw UsageError("a median is taken over 3, 5, 7 or 9 pixels, not " + std::to_string(kernel));
    }
  }();
  Picture out = picture;
  for (std::size_t c = 0; c < 3; ++c)
    filter_of(picture.rgb.data() + c * picture.pixels(), picture.width, picture.height, out.rgb.data() + c * picture.pixels());
  return out;
}

}  // namespace impasto
