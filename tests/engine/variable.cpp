// The tape: what is recorded, what is not, how gradients add, and when saved tensors die.
#include "engine/variable.h"

#include <doctest/doctest.h>

#include "kernels/reference/reference.h"
#include "layers/arithmetic.h"
#include "layers/mean.h"

using namespace impasto;

namespace {
Variable leaf(Backend& backend, Shape shape, float value, bool requires_grad = true) {
  Tensor t(backend, shape);
  backend.fill(t, value);
  return Variable(t, requires_grad);
}
float first(const Tensor& t) { return to_host(t)[0]; }
}  // namespace

TEST_CASE("nothing is recorded under NoGrad") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {1, 3, 2, 2}, 2);
  const size_t before = backend->pool()->usage().live;
  {
    NoGrad outer;
    { NoGrad inner; }
    CHECK(NoGrad::active());
    Variable y = sum(absolute(x * x));
    CHECK_FALSE(y.requires_grad());
    CHECK(scalar(y.value()) == 48);
    CHECK_THROWS_AS(backward(y), Error);
  }
  CHECK_FALSE(NoGrad::active());
  CHECK(backend->pool()->usage().live == before);
  CHECK(sum(x).requires_grad());
}

TEST_CASE("frozen parameters get no gradient, and what depends on them alone is not recorded") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {1, 3, 2, 2}, 2), frozen = leaf(*backend, {1, 3}, 5, false);
  CHECK_FALSE((frozen * frozen).requires_grad());
  backward(sum(x * frozen));
  CHECK(first(x.grad()) == 5);
  CHECK_FALSE(frozen.has_grad());
  CHECK_THROWS_AS(frozen.grad(), Error);
}

TEST_CASE("a frozen operand costs no gradient: its sink is ignored") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {}, 2), frozen = leaf(*backend, {}, 3, false);
  bool ignored = false;
  Variable y = record("probe", x.value(), {x, frozen}, [&](Tensor& dy, std::span<GradientSink> d) {
    ignored = d[1].ignored();
    d[0].give(dy);
  });
  backward(y);
  CHECK(ignored);
}

TEST_CASE("gradients add where a variable is used more than once") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {1, 3, 2, 2}, 3);
  const Variable copy = x;  // a handle on the same variable
  backward(sum(x * copy + 4.0 * x - x + x));
  CHECK(first(x.grad()) == 2 * 3 + 4 - 1 + 1);
  CHECK(first(copy.grad()) == 10);
}

TEST_CASE("two ways to the same variable through a diamond") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {1, 3, 2, 2}, 2);
  const Variable h = x * x;        // 4
  backward(sum(h * h + 3.0 * h));  // x^4 + 3 x^2
  CHECK(first(x.grad()) == 4 * 8 + 6 * 2);
}

TEST_CASE("backward adds to a leaf's gradient until it is cleared, then writes") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {1, 3, 2, 2}, 2);
  backward(sum(x * x));
  CHECK(first(x.grad()) == 4);
  backward(sum(x * x));
  CHECK(first(x.grad()) == 8);
  x.clear_grad();
  CHECK_FALSE(x.has_grad());
  backward(sum(x * x), 0.5);
  CHECK(first(x.grad()) == 2);
}

TEST_CASE("a leaf that the loss does not depend on has no gradient") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {}, 2), other = leaf(*backend, {}, 2);
  backward(x * x);
  CHECK_FALSE(other.has_grad());
}

TEST_CASE("detach cuts the way back") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {}, 3);
  backward(x * (x * x).detach());
  CHECK(first(x.grad()) == 9);
}

TEST_CASE("backward wants one number") {
  auto backend = make_reference_backend();
  CHECK_THROWS_AS(backward(absolute(leaf(*backend, {1, 3, 2, 2}, 1))), ShapeError);
}

TEST_CASE("saved tensors die as the backward pass leaves them") {
  auto backend = make_reference_backend();
  const auto pool = backend->pool();
  const Shape shape{1, 4, 32, 32};
  const auto live = [&] { return pool->usage().live; };
  Variable x = leaf(*backend, shape, 1);
  const size_t one = live();  // x is all there is

  std::vector<size_t> seen;
  const auto probe = [&](const Variable& v) {
    return record("probe", v.value(), {v}, [&](Tensor& dy, std::span<GradientSink> d) {
      seen.push_back(live());
      d[0].give(dy);
    });
  };
  Variable y = x;
  for (int i = 0; i < 6; i++) y = probe(absolute(y));  // absolute saves its input
  y = sum(y);
  backward(y);
  REQUIRE(seen.size() == 6);
  for (size_t i = 0; i + 1 < seen.size(); i++) CHECK(seen[i] - seen[i + 1] == one);
  CHECK(live() < 3 * one);  // x, its gradient, the loss
}

TEST_CASE("what nobody will ask for is not kept") {
  auto backend = make_reference_backend();
  const auto pool = backend->pool();
  const Shape shape{1, 4, 32, 32};
  Variable x = leaf(*backend, shape, 1);
  const size_t one = pool->usage().live;
  Variable frozen = leaf(*backend, shape, 2, false);
  Variable y = x;
  for (int i = 0; i < 8; i++) y = y * frozen;  // dx needs only the frozen factor
  CHECK(pool->usage().live == 3 * one);        // x, frozen, y
}

TEST_CASE("a long chain overflows no stack, run back or dropped") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {}, 1);
  const auto chain = [&] {
    Variable y = x;
    for (int i = 0; i < 100000; i++) y = scale(y, 1);
    return y;
  };
  backward(chain());
  CHECK(first(x.grad()) == 1);
  { const Variable dropped = chain(); }
  CHECK(backend->pool()->usage().live < 1000);
}

TEST_CASE("layers recorded in a scope carry its name") {
  CHECK(LayerScope::current().empty());
  {
    LayerScope outer("conv1_1");
    {
      LayerScope inner("relu1_1");
      CHECK(LayerScope::current() == "relu1_1");
    }
    CHECK(LayerScope::current() == "conv1_1");
  }
  CHECK(LayerScope::current().empty());
}

TEST_CASE("a layer's gradient runs under the layer's name") {
  auto backend = make_reference_backend();
  Variable x = leaf(*backend, {}, 1), y;
  std::string name;
  {
    LayerScope scope("conv1_1");
    y = record("probe", x.value(), {x}, [&](Tensor& dy, std::span<GradientSink> d) {
      name = LayerScope::current();
      d[0].give(dy);
    });
  }
  backward(y);
  CHECK(name == "conv1_1");
}
