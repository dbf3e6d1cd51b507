// Gram matrices, masks, matrix products and broadcasting: facts and refusals that the registry runner does not cover.
#include "layers/gram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "layers/arithmetic.h"
#include "layers/losses.h"
#include "layers/matmul.h"
#include "layers/mean.h"
#include "layers/planar.h"

using namespace impasto;

namespace {

Variable of(Backend& backend, Shape shape, const std::vector<float>& values, bool requires_grad = false) {
  Tensor t = planar(backend, shape);
  backend.upload(values.data(), t);
  return Variable(t, requires_grad);
}

Tensor filled(Backend& backend, Shape shape, double value) {
  Tensor t = planar(backend, shape);
  backend.fill(t, value);
  return t;
}

Variable noise(Backend& backend, Shape shape, uint64_t key, bool requires_grad = false) {
  Tensor t = planar(backend, shape);
  backend.random_normal(key, 0, t);
  return Variable(t, requires_grad);
}

void check_near(const Variable& a, const Variable& b) {
  const std::vector<double> x = to_host_f64(a.value()), y = to_host_f64(b.value());
  REQUIRE(x.size() == y.size());
  for (size_t i = 0; i < x.size(); i++) CHECK(x[i] == doctest::Approx(y[i]));
}

}  // namespace

TEST_CASE("a Gram matrix is the products of channels, scaled as asked") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable f = of(*backend, {1, 2, 1, 3}, {1, 2, 3, 4, 5, 6});
  const std::vector<float> products{14, 32, 32, 77};
  const auto check = [&](const Variable& g, float factor) {
    CHECK(g.shape() == Shape{1, 1, 2, 2});
    const std::vector<float> host = to_host(g.value());
    for (size_t i = 0; i < 4; i++) CHECK(host[i] == doctest::Approx(factor * products[i]));
  };
  check(gram(f, GramScale::none), 1);
  check(gram(f, GramScale::by_pixels), 1.0f / 3);
  check(gram(f), 1.0f / 6);
  check(gram(f, 2.5), 2.5f);
}

TEST_CASE("a Gram matrix does not change when the pixels change places") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable f = noise(*backend, {2, 3, 5, 4}, 1);
  std::vector<float> host = to_host(f.value());
  for (size_t plane = 0; plane < 6; plane++) std::reverse(host.begin() + long(plane) * 20, host.begin() + long(plane + 1) * 20);
  check_near(gram(f), gram(of(*backend, {2, 3, 5, 4}, host)));
  check_near(gram(f), gram(of(*backend, {2, 3, 4, 5}, host)));
}

TEST_CASE("a mask of ones changes nothing, and neither does its strength") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable f = noise(*backend, {2, 3, 5, 4}, 1);
  for (MaskNorm norm : {MaskNorm::mean_square, MaskNorm::mean, MaskNorm::none}) {
    check_near(masked_gram(f, filled(*backend, {1, 1, 5, 4}, 1), GramScale::by_pixels, norm), gram(f, GramScale::by_pixels));
  }
  check_near(masked_gram(f, filled(*backend, {2, 1, 5, 4}, 0.3)), gram(f));
}

TEST_CASE("a mask that selects half of the pixels gives that half's Gram matrix, by its pixels") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable f = of(*backend, {1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), half = of(*backend, {1, 2, 1, 2}, {1, 2, 5, 6});
  const Tensor mask = of(*backend, {1, 1, 2, 2}, {1, 1, 0, 0}).value();
  check_near(masked_gram(f, mask, GramScale::by_pixels), gram(half, GramScale::by_pixels));
  check_near(masked_gram(f, mask, GramScale::by_pixels, MaskNorm::mean), gram(half, GramScale::by_pixels));
  check_near(masked_gram(f, mask, GramScale::none, MaskNorm::none), gram(half, GramScale::none));
}

TEST_CASE("a masked Gram matrix is that of the masked features, and so is its gradient, in every layout and over many sums") {
  const Shape s{2, 17, 37, 41};  // more pixels than one partial sum takes
  for (const int lanes : {1, 8, 16}) {
    for (const Shape& of_mask : {Shape{1, 1, 37, 41}, {2, 1, 37, 41}}) {
      CAPTURE(lanes);
      auto backend = make_cpu_backend({.lanes = lanes});
      Tensor x(*backend, s, lanes), mask = planar(*backend, of_mask);
      backend->random_normal(1, 0, x);
      backend->random_uniform(2, 0, mask);
      const Variable direct(x, true), multiplied(x, true);
      const Variable a = masked_gram(direct, mask, GramScale::by_pixels, MaskNorm::none);
      const Variable b = gram(multiply(multiplied, Variable(mask)), GramScale::by_pixels);
      const Tensor target = filled(*backend, a.shape(), 0.3);
      backward(sum_squared_error(a, target));
      backward(sum_squared_error(b, target));
      const auto near = [](const std::vector<double>& found, const std::vector<double>& wanted) {
        double most = 0, off = 0;
        for (size_t i = 0; i < wanted.size(); i++) {
          most = std::max(most, std::abs(wanted[i]));
          off = std::max(off, std::abs(found[i] - wanted[i]));
        }
        return off <= 1e-5 * most;
      };
      CHECK(near(to_host_f64(a.value()), to_host_f64(b.value())));
      CHECK(near(to_host_f64(direct.grad()), to_host_f64(multiplied.grad())));
      const std::vector<float> g = to_host(a.value());
      bool symmetric = true;
      for (size_t i = 0; i < 17; i++)
        for (size_t j = 0; j < 17; j++) symmetric &= g[i * 17 + j] == g[j * 17 + i];
      CHECK(symmetric);
    }
  }
}

TEST_CASE("eta is the mean of the squared mask, or of the mask, image by image") {
  auto backend = make_reference_backend(Dtype::f64);
  const Variable f = of(*backend, {2, 1, 1, 2}, {2, 2, 2, 2});
  const Tensor mask = of(*backend, {2, 1, 1, 2}, {1, 0.5, 0.5, 0.5}).value();
  // sum (m f)^2 = 5 and 2; mean m^2 = 0.625 and 0.25; mean m = 0.75 and 0.5
  check_near(masked_gram(f, mask, GramScale::none), of(*backend, {2, 1}, {8, 8}));
  check_near(masked_gram(f, mask, GramScale::none, MaskNorm::mean), of(*backend, {2, 1}, {5 / 0.75f, 4}));
}

TEST_CASE("an empty mask is found by asking, and gives zeros and no gradient where it is used all the same") {
  auto backend = make_reference_backend();
  const Tensor empty = filled(*backend, {1, 1, 5, 4}, 0), half_empty = of(*backend, {2, 1, 1, 2}, {0, 0, 0, 1}).value();
  CHECK(mask_is_empty(empty));
  CHECK(mask_is_empty(half_empty));
  CHECK_FALSE(mask_is_empty(filled(*backend, {1, 1, 5, 4}, 0.01)));
  for (MaskNorm norm : {MaskNorm::mean_square, MaskNorm::mean, MaskNorm::none}) {
    Variable f = noise(*backend, {2, 3, 5, 4}, 1, true);
    const Variable g = masked_gram(f, empty, GramScale::by_elements, norm);
    for (float value : to_host(g.value())) CHECK(value == 0);
    backward(sum_squared_error(g, filled(*backend, {1, 1, 3, 3}, 1)));
    for (float value : to_host(f.grad())) CHECK(value == 0);
  }
}

TEST_CASE("one pixel at an eighth of a bit in a large mask is not taken for an empty mask") {
  auto backend = make_reference_backend();
  std::vector<float> values(256 * 256);
  values[77] = 1.0f / 2040;
  const Variable f(filled(*backend, {1, 1, 256, 256}, 2));
  const Variable g = masked_gram(f, of(*backend, {1, 1, 256, 256}, values).value(), GramScale::by_pixels);
  CHECK(scalar(g.value()) == doctest::Approx(4));
}

TEST_CASE("Grams and masks refuse what does not fit") {
  auto backend = make_reference_backend();
  const Variable f = noise(*backend, {2, 3, 5, 4}, 1);
  CHECK_THROWS_WITH_AS(masked_gram(f, filled(*backend, {1, 1, 4, 5}, 1)),
                       "masked_gram: the mask is [1, 1, 4, 5] and the features [2, 3, 5, 4]; resize the mask to the layer", ShapeError);
  CHECK_THROWS_AS(masked_gram(f, filled(*backend, {3, 1, 5, 4}, 1)), ShapeError);
  CHECK_THROWS_AS(masked_gram(f, filled(*backend, {2, 3, 5, 4}, 1)), ShapeError);
  CHECK_THROWS_AS(mask_is_empty(Tensor{}), ShapeError);
}

TEST_CASE("matrix products and arithmetic refuse what does not fit") {
  auto backend = make_reference_backend();
  const Variable a = noise(*backend, {1, 1, 3, 5}, 1), b = noise(*backend, {2, 3, 5, 4}, 1);
  CHECK_THROWS_WITH_AS(matmul(a, a),
                       "matmul: [1, 1, 3, 5] times [1, 1, 3, 5] does not go; matrices are [N, 1, H, W] with equal inner sizes and equal "
                       "batches (or a batch of 1)",
                       ShapeError);
  CHECK(matmul(a, a, {false, true}).shape() == Shape{1, 1, 3, 3});
  CHECK_THROWS_AS(matmul(b, b, {false, true}), ShapeError);
  CHECK_THROWS_AS(reshape(a, {1, 1, 4, 4}), ShapeError);
  CHECK_THROWS_WITH_AS(a + b, "add: [1, 1, 3, 5] and [2, 3, 5, 4] do not fit; dimensions must be equal or 1 (H and W together)",
                       ShapeError);
  CHECK_THROWS_AS(noise(*backend, {1, 1, 1, 4}, 1) * b, ShapeError);  // H alone
  Tensor blocked(*backend, {2, 3, 5, 4}, 8);
  backend->fill(blocked, 1);
  CHECK_THROWS_AS(b - Variable(blocked), ShapeError);
  Tensor row(*backend, {1, 3, 1, 1}, 8);
  backend->fill(row, 1);
  CHECK_THROWS_AS(b / Variable(row), ShapeError);
}
