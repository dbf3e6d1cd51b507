#include "loaders/crop.h"

#include <algorithm>
#include <cmath>

#include "loaders/resize.h"
#include "loaders/training_order.h"

namespace impasto {
Crop random_crop(uint64_t seed, int64_t position) {
  const random::Block drawn = training_block(seed, TrainingStream::crops, position, 0);
  const auto part = [&](int i) { return static_cast<double>(random::uniform_from(drawn.word[i])); };
  return {1 / (1 + (most_scaled - 1) * part(0)), part(1), part(2), part(3) < 0.5};
}

Picture rectangle(const Picture& picture, int left, int top, int width, int height) {
  Picture out;
  out.width = width;
  out.height = height;
  out.rgb.resize(3 * out.pixels());
  const auto row = static_cast<size_t>(picture.width), length = static_cast<size_t>(width);
  float* to = out.rgb.data();
  for (size_t c = 0; c < 3; ++c)
    for (size_t y = 0; y < static_cast<size_t>(height); ++y, to += length)
      std::copy_n(picture.rgb.data() + c * picture.pixels() + (static_cast<size_t>(top) + y) * row + static_cast<size_t>(left), length, to);
  return out;
}

void cut(const Picture& picture, const Crop& crop, int size, float* out) {
  const int shorter = std::min(picture.width, picture.height);
  const int side = std::clamp(static_cast<int>(std::lround(shorter * crop.side)), 1, shorter);
  const auto place = [&](double part, int length) { return static_cast<int>(std::lround(part * (length - side))); };
  const Picture cropped = rectangle(picture, place(crop.x, picture.width), place(crop.y, picture.height), side, side);
  const Picture scaled = resize(cropped, size, size);
  const auto length = static_cast<ptrdiff_t>(size);
  for (ptrdiff_t row = 0; row < 3 * length; ++row) {
    const float* from = scaled.rgb.data() + row * length;
    if (crop.flipped)
      std::reverse_copy(from, from + length, out + row * length);
    else
      std::copy_n(from, length, out + row * length);
  }
}

}  // namespace impasto
