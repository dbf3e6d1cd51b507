// The median filter against sorting, and what a median must leave alone.
#include "loaders/median.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/error.h"
#include "tests/reference/formula.h"

using namespace impasto;

namespace {

Picture picture(int width, int height) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb = formula::picture(7, 6, height, width);
  for (float& value : p.rgb) value /= 255;
  return p;
}

float sorted_median(const Picture& p, std::size_t channel, int x, int y, int kernel) {
  std::vector<float> around;
  for (int r = -kernel / 2; r <= kernel / 2; r++)
    for (int s = -kernel / 2; s <= kernel / 2; s++) {
      const int row = std::clamp(y + r, 0, p.height - 1), column = std::clamp(x + s, 0, p.width - 1);
      around.push_back(p.rgb[channel * p.pixels() + size_t(row * p.width + column)]);
    }
  std::sort(around.begin(), around.end());
  return around[around.size() / 2];
}

}  // namespace

TEST_CASE("the median is the middle one of the sorted neighbours, up to the edges") {
  for (const auto& [width, height] : {std::pair{1, 1}, {7, 5}, {33, 18}, {2, 40}})
    for (const int kernel : {3, 5, 7, 9}) {
      CAPTURE(width);
      CAPTURE(kernel);
      const Picture in = picture(width, height), out = median(in, kernel);
      size_t wrong = 0;
      for (size_t c = 0; c < 3; c++)
        for (int y = 0; y < height; y++)
          for (int x = 0; x < width; x++) wrong += out.rgb[c * in.pixels() + size_t(y * width + x)] != sorted_median(in, c, x, y, kernel);
      CHECK(wrong == 0);
    }
}

TEST_CASE("the median takes out a single spike, keeps a constant and the alpha") {
  Picture flat = picture(9, 9);
  std::fill(flat.rgb.begin(), flat.rgb.end(), 0.25f);
  flat.alpha.assign(flat.pixels(), 0.5f);
  Picture spiked = flat;
  spiked.rgb[40] = 1;
  const Picture out = median(spiked, 3);
  CHECK(out.rgb == flat.rgb);
  CHECK(out.alpha == flat.alpha);
}

TEST_CASE("a median over an even number of pixels, or too many, is refused") {
  for (const int kernel : {-3, 0, 1, 2, 4, 11}) CHECK_THROWS_AS(median(picture(4, 4), kernel), UsageError);
}
