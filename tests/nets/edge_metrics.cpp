#include "nets/edge_metrics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "tests/nets/compared_pictures.h"

using namespace impasto;
using namespace impasto::compared;

namespace {

// As metrics.py makes them.
Plane edges(const Picture& picture) {
  return mapped(luminance(picture), [](float v) { return std::clamp(2.5f * (v - 0.6f), 0.0f, 1.0f); });
}

/// An upright line, 20 pixels high.
Plane line_at(int column, float strength) {
  Plane plane{30, 20, std::vector<float>(600)};
  for (int y = 0; y < 20; y++) plane.values[size_t(30 * y + column)] = strength;
  return plane;
}

}  // namespace

TEST_CASE("F, precision, recall and the best threshold are those that SciPy's dilations find") {
  const std::vector<double> wanted = recorded().values("edge_score");
  const Plane results[] = {edges(b()), edges(near_a())};
  for (size_t i = 0; i < 2; i++) {
    const EdgeScore score = edge_score(edges(a()), results[i]);
    CHECK(score.f == doctest::Approx(wanted[4 * i]).epsilon(1e-6));
    CHECK(score.precision == doctest::Approx(wanted[4 * i + 1]).epsilon(1e-6));
    CHECK(score.recall == doctest::Approx(wanted[4 * i + 2]).epsilon(1e-6));
    CHECK(score.threshold == doctest::Approx(wanted[4 * i + 3]));
  }
}

TEST_CASE("an edge may be off by the tolerance and not by more, and may be weaker") {
  const Plane photo = line_at(10, 0.5f);
  CHECK(edge_score(photo, photo).f == 1);
  CHECK(edge_score(photo, line_at(12, 0.05f)).f == 1);
  CHECK(edge_score(photo, line_at(13, 0.9f)).f == 0);
  CHECK(edge_score(photo, line_at(13, 0.9f), {.tolerance = 3}).f == 1);
  CHECK(edge_score(photo, line_at(29, 1)).f == 0);
}

TEST_CASE("what is not there has no edges to find") {
  const Plane none = line_at(10, 0.49f), some = line_at(10, 0.5f);
  CHECK(std::isnan(edge_score(none, some).f));
  CHECK(edge_score(none, some, {.threshold = 0.4}).f == 1);
  CHECK(edge_score(some, line_at(10, 0)).f == 0);
  CHECK_THROWS_AS(edge_score(some, {1, 1, {1}}), ShapeError);
}
