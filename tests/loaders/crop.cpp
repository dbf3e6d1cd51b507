#include "loaders/crop.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "loaders/resize.h"
#include "loaders/training_order.h"
#include "tests/loaders/crafted.h"

using namespace impasto;

namespace {

std::vector<float> square(const Picture& picture, const Crop& crop, int size) {
  std::vector<float> out(3 * static_cast<size_t>(size) * static_cast<size_t>(size));
  cut(picture, crop, size, out.data());
  return out;
}

/// The red plane counts columns, the green one rows, in 256ths.
Picture counted(int width, int height) {
  Picture picture;
  picture.width = width;
  picture.height = height;
  picture.rgb.resize(3 * picture.pixels());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const size_t p = static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x);
      picture.rgb[p] = static_cast<float>(x) / 256;
      picture.rgb[picture.pixels() + p] = static_cast<float>(y) / 256;
    }
  return picture;
}

}  // namespace

TEST_CASE("an unscaled square holds the pixels from where it lies, mirrored if it is flipped") {
  const auto corner = [](const Picture& picture, const Crop& crop, int size) {
    const std::vector<float> rgb = square(picture, crop, size);
    return std::pair(rgb[0] * 256, rgb[static_cast<size_t>(size * size)] * 256);
  };
  using Corner = std::pair<float, float>;
  CHECK(corner(counted(20, 8), {1, 0.5, 0.5, false}, 8) == Corner(6, 0));
  CHECK(corner(counted(20, 8), {1, 0.5, 0.5, true}, 8) == Corner(13, 0));
  CHECK(corner(counted(8, 20), {1, 0.5, 1, false}, 8) == Corner(0, 12));
  CHECK(corner(counted(20, 8), {0.5, 1, 1, false}, 4) == Corner(16, 4));
  CHECK(corner(counted(20, 8), {0.5, 0, 0, true}, 4) == Corner(3, 0));
  CHECK(corner(counted(1, 1), {0.01, 1, 1, false}, 1) == Corner(0, 0));
}

TEST_CASE("a square of another size is scaled as resize does, and alpha does not count") {
  Picture picture = crafted::gradient(12, 12);
  const std::vector<float> wanted = resize(picture, 5, 5).rgb;
  CHECK(square(picture, {}, 5) == wanted);
  picture.alpha.assign(picture.pixels(), 0.0f);
  CHECK(square(picture, {}, 5) == wanted);
}

TEST_CASE("random squares have 2/3 to all of the shorter side, lie anywhere, and half of them are flipped") {
  constexpr int count = 4000;
  int flipped = 0;
  double least = 1, largest = 0, x = 0, y = 0, scaled = 0;
  for (int64_t p = 0; p < count; ++p) {
    const Crop crop = random_crop(5, p);
    REQUIRE((crop.x >= 0 && crop.x < 1 && crop.y >= 0 && crop.y < 1));
    least = std::min(least, crop.side);
    largest = std::max(largest, crop.side);
    x += crop.x;
    y += crop.y;
    scaled += 1 / crop.side;
    flipped += crop.flipped ? 1 : 0;
  }
  CHECK(least == doctest::Approx(1 / 1.5).epsilon(0.001));
  CHECK(largest == doctest::Approx(1).epsilon(0.001));
  // Five standard deviations of a mean of 4000.
  CHECK(std::abs(x / count - 0.5) < 0.023);
  CHECK(std::abs(y / count - 0.5) < 0.023);
  CHECK(std::abs(scaled / count - 1.25) < 0.012);
  CHECK(std::abs(flipped - count / 2) < 160);
  CHECK(random_crop(6, 0).x != random_crop(5, 0).x);
}

TEST_CASE("every place of an epoch's order is equally likely, and huge epochs and seeds differ") {
  constexpr int count = 5, epochs = 5000;
  int seen[count][count] = {};
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const std::vector<int64_t> order = epoch_order(3, epoch, count);
    for (size_t place = 0; place < count; ++place) ++seen[place][order[place]];
  }
  for (const auto& place : seen)
    for (const int times : place) CHECK(std::abs(times - epochs / count) < 5 * std::sqrt(epochs * 0.2 * 0.8));
  CHECK(epoch_order(1, 0, 50) != epoch_order(2, 0, 50));
  CHECK(epoch_order(1, 0, 50) != epoch_order((uint64_t{1} << 32) + 1, 0, 50));
  CHECK(epoch_order(1, 0, 1) == std::vector<int64_t>{0});
}
