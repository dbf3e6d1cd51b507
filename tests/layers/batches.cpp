// A batch of four is four batches of one: images do not see each other, forward or backward, on the CPU backend.
#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "layers/conv2d.h"
#include "layers/gram.h"
#include "layers/instance_norm.h"
#include "layers/losses.h"
#include "layers/pooling.h"
#include "layers/run_case.h"
#include "tests/reference/formula.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

using Function = std::function<Variable(const Variable& x, const std::vector<Variable>& weights)>;

std::vector<float> image_of(const std::vector<float>& batch, int image, int images) {
  const size_t each = batch.size() / size_t(images);
  return {batch.begin() + ptrdiff_t(each * size_t(image)), batch.begin() + ptrdiff_t(each * size_t(image + 1))};
}

struct Outcome {
  std::vector<float> y, dx;
  std::vector<std::vector<double>> weight_gradients;
};

/// f of the given images, and its gradients for the upstream gradient dy.
Outcome run(Backend& backend, const Function& f, Shape x_shape, const std::vector<float>& images, const std::vector<float>& dy,
            const std::vector<Shape>& weight_shapes) {
  const Variable x(from_host(backend, x_shape, images.data(), backend.lanes_for(x_shape.c)), true);
  std::vector<Variable> weights;
  for (const Shape& s : weight_shapes) {
    const std::vector<float> numbers = formula::values(s, uint32_t(100 + weights.size()), 0.3f);
    weights.emplace_back(from_host(backend, s, numbers.data()), true);
  }
  const Variable y = f(x, weights);
  REQUIRE(size_t(y.shape().elements()) == dy.size());
  backward_from(y, from_host(backend, y.shape(), dy.data(), y.value().lanes()));
  Outcome outcome{to_host(y.value()), to_host(x.grad()), {}};
  for (const Variable& w : weights) outcome.weight_gradients.push_back(to_host_f64(w.grad()));
  return outcome;
}

/// What belongs to one image has the same bits, in blocked layouts; planar convolutions are oneDNN's, which picks its kernel by the batch.
/// Weight gradients are sums over the images, up to rounding.
void check_batch_is_singles(const Function& f, Shape x_shape, Shape y_shape, const std::vector<Shape>& weights) {
  constexpr int images = 4;
  x_shape.n = y_shape.n = images;
  const std::vector<float> x = formula::values(x_shape, 1), dy = formula::values(y_shape, 2);
  for (const int lanes : {1, 8, 16}) {
    CAPTURE(lanes);
    const auto backend = make_cpu_backend({.lanes = lanes});
    const auto same = [lanes](const std::vector<float>& a, const std::vector<float>& b) {
      return lanes == 1 ? relative_error({a.begin(), a.end()}, {b.begin(), b.end()}) <= tolerance::f32 : a == b;
    };
    const Outcome batch = run(*backend, f, x_shape, x, dy, weights);
    Shape single = x_shape;
    single.n = 1;
    std::vector<std::vector<double>> sums;
    for (int n = 0; n < images; ++n) {
      const Outcome one = run(*backend, f, single, image_of(x, n, images), image_of(dy, n, images), weights);
      CHECK(same(image_of(batch.y, n, images), one.y));
      CHECK(same(image_of(batch.dx, n, images), one.dx));
      if (n == 0) sums.resize(one.weight_gradients.size());
      for (size_t w = 0; w < sums.size(); ++w) {
        sums[w].resize(one.weight_gradients[w].size());
        for (size_t i = 0; i < sums[w].size(); ++i) sums[w][i] += one.weight_gradients[w][i];
      }
    }
    for (size_t w = 0; w < sums.size(); ++w) CHECK(relative_error(batch.weight_gradients[w], sums[w]) <= tolerance::f32);
  }
}

}  // namespace

TEST_CASE("instance norm of a batch is that of each image") {
  const Function norm = [](const Variable& x, const std::vector<Variable>& w) { return instance_norm(x, w[0], w[1]); };
  check_batch_is_singles(norm, {4, 17, 9, 11}, {4, 17, 9, 11}, {{1, 17}, {1, 17}});
  check_batch_is_singles(norm, {4, 3, 70, 66}, {4, 3, 70, 66}, {{1, 3}, {1, 3}});  // more than one segment a plane
}

TEST_CASE("a VGG-like chain of a batch is that of each image, down to its Gram matrices") {
  const Conv2dOptions same{.pad = 1, .relu = true};
  const Function chain = [same](const Variable& x, const std::vector<Variable>& w) {
    Variable y = conv2d(x, w[0], w[1], same);
    y = conv2d(y, w[2], w[3], same);
    y = max_pool(y, 2, 2);
    y = conv2d(y, w[4], w[5], same);
    return gram(y);
  };
  check_batch_is_singles(chain, {4, 3, 21, 26}, {4, 1, 24, 24}, {{8, 3, 3, 3}, {1, 8}, {17, 8, 3, 3}, {1, 17}, {24, 17, 3, 3}, {1, 24}});
}

TEST_CASE("the loss of a batch is the sum of the losses of its images") {
  constexpr int images = 4;
  const Shape shape{images, 17, 9, 11}, single{1, 17, 9, 11};
  const std::vector<float> x = formula::values(shape, 1), target = formula::values(shape, 2);
  const auto backend = make_cpu_backend();
  const auto loss_of = [&](Shape s, const std::vector<float>& a, const std::vector<float>& b) {
    const int lanes = backend->lanes_for(s.c);
    return scalar(sum_squared_error(Variable(from_host(*backend, s, a.data(), lanes)), from_host(*backend, s, b.data(), lanes)).value());
  };
  double sum = 0;
  for (int n = 0; n < images; ++n) sum += loss_of(single, image_of(x, n, images), image_of(target, n, images));
  CHECK(loss_of(shape, x, target) == doctest::Approx(sum).epsilon(1e-6));
}
