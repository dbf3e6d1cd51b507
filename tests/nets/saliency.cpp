#include "nets/saliency.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/nets/compared_pictures.h"

using namespace impasto;
using namespace impasto::compared;

TEST_CASE("saliency is what NumPy's FFT and SciPy's filters make of the paper's equations") {
  const Plane found = saliency(recorded_picture(1, 5, 64, 64));
  const std::vector<double> wanted = recorded().values("saliency");
  REQUIRE(found.values.size() == wanted.size());
  double worst = 0;
  for (size_t i = 0; i < wanted.size(); i++) worst = std::max(worst, std::abs(found.values[i] - wanted[i]));
  CHECK(worst < 1e-4);
}

TEST_CASE("what stands alone stands out, whatever the picture's size and brightness") {
  // Noise, and one spot.
  Picture p = flat(128, 192, 0.4f, 0.4f, 0.4f);
  for (size_t i = 0; i < p.rgb.size(); i++) {
    const size_t x = i % p.pixels() % 128, y = i % p.pixels() / 128;
    p.rgb[i] += 0.1f * formula::value(uint32_t(i), 7);
    if (x >= 88 && x < 104 && y >= 132 && y < 156) p.rgb[i] = 0.8f;
  }
  const Plane map = saliency(p);
  const auto most = std::max_element(map.values.begin(), map.values.end()) - map.values.begin();
  CHECK(std::abs(most % 64 - 48) <= 5);
  CHECK(std::abs(most / 64 - 48) <= 5);
  Picture dim = p;
  for (float& v : dim.rgb) v *= 0.5f;
  CHECK(correlation(map, saliency(dim)) > 0.999);
}

TEST_CASE("nothing stands out of a flat picture") {
  const Plane map = saliency(flat(20, 30, 0.3f, 0.6f, 0.1f));
  CHECK(map.width == 64);
  CHECK(std::all_of(map.values.begin(), map.values.end(), [](float v) { return v == 0; }));
}
