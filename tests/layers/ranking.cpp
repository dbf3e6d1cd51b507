// The loss of ranked pairs: facts and refusals that the registry runner does not cover.
#include "layers/ranking.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/reference/reference.h"
#include "layers/planar.h"

using namespace impasto;

namespace {

Tensor pairs_of(Backend& backend, const std::vector<std::vector<RankedPair>>& images) {
  const RankedPairTable table = ranked_pairs(images);
  return from_host(backend, table.shape, table.values.data());
}

}  // namespace

TEST_CASE("pairs cost what Chen et al. say, and lists of unequal length count what they hold") {
  const auto backend = make_reference_backend(Dtype::f64);
  const std::vector<float> depths{1, 3, 2, 2, 5, 4};
  const Variable x(from_host(*backend, {2, 1, 1, 3}, depths.data()), true);
  const Tensor pairs = pairs_of(*backend, {{{1, 0, 1}, {1, 0, -1}, {1, 2, 0}}, {{1, 2, 1}}});
  CHECK(pairs.shape() == Shape{2, 1, 3, 3});
  const Variable y = ranking(x, pairs, 2);
  const double wanted = std::log1p(std::exp(-2.0)) + std::log1p(std::exp(2.0)) + 1 + std::log1p(std::exp(-1.0));
  CHECK(scalar(y.value()) == doctest::Approx(2 * wanted).epsilon(1e-12));
  backward(y);
  const std::vector<double> dx = to_host_f64(x.grad());
  CHECK(dx[3] == 0);  // in no pair
  CHECK(dx[4] == doctest::Approx(-2 / (1 + std::exp(1.0))).epsilon(1e-12));
  CHECK(dx[5] == -dx[4]);
  CHECK(dx[2] == doctest::Approx(-4));
}

TEST_CASE("differences of a hundred neither overflow nor lose the slope") {
  const auto backend = make_reference_backend();
  for (const float d : {-200.0f, 200.0f}) {
    const std::vector<float> depths{d, 0};
    const Variable x(from_host(*backend, {1, 1, 1, 2}, depths.data()), true);
    const Variable y = ranking(x, pairs_of(*backend, {{{0, 1, 1}}}));
    CHECK(scalar(y.value()) == doctest::Approx(d < 0 ? 200 : 0));
    backward(y);
    CHECK(to_host(x.grad())[0] == (d < 0 ? -1.0f : 0.0f));
  }
}

TEST_CASE("maps and pairs that do not fit are refused") {
  const auto backend = make_reference_backend();
  const Variable x(Tensor(*backend, {2, 1, 3, 3}));
  CHECK_THROWS_AS(ranking(x, pairs_of(*backend, {{{0, 1, 1}}})), ShapeError);
  CHECK_THROWS_AS(ranking(Variable(Tensor(*backend, {1, 2, 3, 3})), pairs_of(*backend, {{{0, 1, 1}}})), ShapeError);
  CHECK_THROWS_AS(ranking(x, Tensor(*backend, {2, 1, 2, 5})), ShapeError);
}
