#include "engine/optimizer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/lbfgs.h"
#include "kernels/reference/reference.h"
#include "layers/arithmetic.h"
#include "layers/losses.h"
#include "layers/mean.h"

using namespace impasto;

namespace {

Variable parameter(Backend& backend, Shape shape, std::vector<float> values, int lanes = 1) {
  Tensor planar(backend, shape, 1, backend.master_dtype());
  backend.upload(values.data(), planar);
  if (lanes == 1) return Variable(planar, true);
  Tensor y(backend, shape, lanes, backend.master_dtype());
  backend.convert(planar, {y});
  return Variable(y, true);
}

double number(const Variable& v) { return scalar(v.value()); }

// (1 - x)^2 + 100 (y - x^2)^2, minimum 0 at (1, 1), from the usual start.
struct Rosenbrock {
  explicit Rosenbrock(Backend& backend) : x(parameter(backend, {}, {-1.2f})), y(parameter(backend, {}, {1})) {}
  Variable x, y;
  Variable value() const {
    const Variable a = affine(x, -1, 1), b = y - x * x;
    return a * a + 100.0 * (b * b);
  }
  double evaluate() const {
    const Variable loss = value();
    backward(loss);
    return number(loss);
  }
  bool solved(double within) const { return std::abs(number(x) - 1) < within && std::abs(number(y) - 1) < within; }
};

// sum c_i (x_i - i)^2 with c from 1 to 100: badly scaled.
struct Bowl {
  Bowl(Backend& backend, int lanes = 1) {
    std::vector<float> c(12), target(12);
    for (int i = 0; i < 12; i++) {
      c[size_t(i)] = std::pow(100.0f, float(i) / 11 / 2);  // inside the square
      target[size_t(i)] = float(i);
    }
    const Shape shape{1, 3, 2, 2};
    x = parameter(backend, shape, std::vector<float>(12, 0.0f), lanes);
    goal = parameter(backend, shape, target, lanes).value();
    weight = parameter(backend, shape, c, lanes).value();
  }
  Variable x;
  Tensor goal, weight;
  double evaluate() const {
    const Variable loss = impasto::loss(Loss::squared, x, goal, weight, 1);
    backward(loss);
    return number(loss);
  }
  double error() const {
    double worst = 0;
    const std::vector<double> host = to_host_f64(x.value());
    for (size_t i = 0; i < host.size(); i++) worst = std::max(worst, std::abs(host[i] - double(i)));
    return worst;
  }
};

}  // namespace

TEST_CASE("Adam's steps are those of its formula, in both forms, with and without decay") {
  auto backend = make_reference_backend(Dtype::f64);
  for (AdamForm form : {AdamForm::pytorch, AdamForm::torch7}) {
    for (double decay : {0.0, 0.5}) {
      AdamOptions options;
      options.rate = 0.1;
      options.eps = 1e-2;  // large, so that the place where it stands is seen
      options.form = form;
      options.decay = decay;
      Variable p = parameter(*backend, {}, {1});
      Adam adam({p}, options);
      double expected = 1, m = 0, v = 0;
      for (int t = 1; t <= 5; t++) {
        const double g = 2 * expected + t;
        adam.clear_grads();
        backward(p * p + double(t) * p);
        adam.step();
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        const double c1 = 1 - std::pow(0.9, t), c2 = 1 - std::pow(0.999, t), rate = 0.1 / (1 + (t - 1) * decay);
        expected -= form == AdamForm::pytorch ? rate * (m / c1) / (std::sqrt(v / c2) + 1e-2)
                                              : rate * std::sqrt(c2) / c1 * m / (std::sqrt(v) + 1e-2);
        CHECK(number(p) == doctest::Approx(expected).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("Adam's first step is the rate in the direction of the gradient's sign") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable p = parameter(*backend, {1, 3}, {0, 0, 0});
  Adam adam({p}, {0.25});
  backward(sum(p * parameter(*backend, {1, 3}, {1000, -0.01f, 3}).detach()));
  adam.step();
  const std::vector<double> host = to_host_f64(p.value());
  CHECK(host[0] == doctest::Approx(-0.25));
  CHECK(host[1] == doctest::Approx(0.25).epsilon(1e-5));
  CHECK(host[2] == doctest::Approx(-0.25));
}

TEST_CASE("SGD with momentum takes the steps of its formula") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable p = parameter(*backend, {}, {4});
  Sgd sgd({p}, 0.1, 0.5);
  double expected = 4, velocity = 0;
  for (int t = 0; t < 4; t++) {
    velocity = 0.5 * velocity + 2 * expected;
    expected -= 0.1 * velocity;
    sgd.clear_grads();
    backward(p * p);
    sgd.step();
    CHECK(number(p) == doctest::Approx(expected));
  }
}

TEST_CASE("a parameter without a gradient stays, and so does its state") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable used = parameter(*backend, {}, {1}), idle = parameter(*backend, {}, {5});
  Adam adam({used, idle});
  backward(used * used);
  adam.step();
  CHECK(number(idle) == 5);
  CHECK(scalar(adam.slots(1)[0].tensor) == 0);
  CHECK(number(used) != 1);
}

TEST_CASE("an optimiser that is given the state of another goes on as that one") {
  auto backend = make_reference_backend(Dtype::f64);
  Rosenbrock original(*backend);
  Adam adam({original.x, original.y}, {0.05});
  const auto run = [](Rosenbrock& f, Adam& optimizer, int steps) {
    for (int i = 0; i < steps; i++) {
      optimizer.clear_grads();
      f.evaluate();
      optimizer.step();
    }
  };
  run(original, adam, 7);
  Rosenbrock copy(*backend);
  Adam restored({copy.x, copy.y}, {0.05});
  backend->convert(original.x.value(), {copy.x.mutable_value()});
  backend->convert(original.y.value(), {copy.y.mutable_value()});
  for (size_t i = 0; i < 2; i++) {
    auto to = restored.slots(i);
    const auto from = adam.slots(i);
    for (size_t k = 0; k < from.size(); k++) backend->convert(from[k].tensor, {to[k].tensor});
  }
  restored.set_steps(adam.steps());
  run(original, adam, 5);
  run(copy, restored, 5);
  CHECK(number(copy.x) == number(original.x));
  CHECK(number(copy.y) == number(original.y));
}

TEST_CASE("SGD and Adam find the bottom of a quadratic, and Adam Rosenbrock's") {
  auto backend = make_reference_backend(Dtype::f64);
  Bowl bowl(*backend);
  Sgd sgd({bowl.x}, 0.005, 0.9);
  for (int i = 0; i < 1000; i++) {
    sgd.clear_grads();
    bowl.evaluate();
    sgd.step();
  }
  CHECK(bowl.error() < 1e-6);

  Bowl other(*backend);
  Adam adam({other.x}, {0.1});
  for (int i = 0; i < 1500; i++) {
    adam.clear_grads();
    other.evaluate();
    adam.step();
  }
  CHECK(other.error() < 1e-4);

  Rosenbrock f(*backend);
  Adam second({f.x, f.y}, {0.02});
  for (int i = 0; i < 5000; i++) {
    second.clear_grads();
    f.evaluate();
    second.step();
  }
  CHECK(f.solved(1e-3));
}

TEST_CASE("L-BFGS begins with the steepest descent of Torch's length, and takes one evaluation a step") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable p = parameter(*backend, {1, 3}, {1, -2, 4});
  Lbfgs optimizer({p});
  const auto closure = [&] {
    const Variable loss = sum(p * p);
    backward(loss);
    return number(loss);
  };
  CHECK(optimizer.step(closure) == 21);
  const std::vector<double> host = to_host_f64(p.value());  // p - g / sum|g|, g = 2 p, sum|g| = 14
  CHECK(host[0] == doctest::Approx(1 - 2.0 / 14));
  CHECK(host[1] == doctest::Approx(-2 + 4.0 / 14));
  CHECK(host[2] == doctest::Approx(4 - 8.0 / 14));
  optimizer.step(closure);  // the quadratic is round: H0 = 1/2 is its inverse, and the second step ends at the bottom
  for (double value : to_host_f64(p.value())) CHECK(std::abs(value) < 1e-12);
  CHECK(optimizer.evaluations() == 2);
  CHECK(optimizer.remembered() == 1);
}

TEST_CASE("L-BFGS' first change is as long as it was told to be") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable p = parameter(*backend, {1, 2}, {3, -1});
  Lbfgs optimizer({p}, {.first_length = 2});
  optimizer.step([&] {
    const Variable loss = sum(p * p);
    backward(loss);
    return number(loss);
  });
  const std::vector<double> host = to_host_f64(p.value());  // p - 2 g / sum|g|, sum|g| = 8
  CHECK(host[0] == doctest::Approx(3 - 12.0 / 8));
  CHECK(host[1] == doctest::Approx(-1 + 4.0 / 8));
}

TEST_CASE("in f32 Torch's first change can be too short to be seen; a longer one finds the way down") {
  auto backend = make_reference_backend();
  const auto loss_after = [&](int steps, double first_length) {
    Variable p = parameter(*backend, {1, 1, 1000, 1000}, std::vector<float>(1'000'000, 100.f));
    Lbfgs optimizer({p}, {.strong_wolfe = true, .first_length = first_length});
    const auto closure = [&] {
      const Variable loss = sum(p * p);
      backward(loss);
      return number(loss);
    };
    for (int i = 0; i < steps; i++) optimizer.step(closure);
    return closure();
  };
  const double before = loss_after(0, 1);
  CHECK(loss_after(3, 1) == before);
  CHECK(loss_after(3, 1e5) < 1e-3 * before);
}

TEST_CASE("L-BFGS finds the bottom of a badly scaled quadratic, without and with a line search") {
  for (int lanes : {1, 8}) {
    auto backend = make_reference_backend(Dtype::f64, lanes);
    for (bool wolfe : {false, true}) {
      for (int history : {4, 100}) {
        CAPTURE(history);
        CAPTURE(wolfe);
        Bowl bowl(*backend, lanes);
        Lbfgs optimizer({bowl.x}, {1, history, wolfe});
        for (int i = 0; i < 150; i++) optimizer.step([&] { return bowl.evaluate(); });
        CHECK(bowl.error() < 1e-5);
        CHECK(optimizer.remembered() <= history);
      }
    }
  }
}

TEST_CASE("L-BFGS with a line search finds Rosenbrock's minimum within 60 evaluations, over two parameters") {
  auto backend = make_reference_backend(Dtype::f64);
  Rosenbrock f(*backend);
  Lbfgs optimizer({f.x, f.y}, {1, 100, true});
  double last = INFINITY;
  while (optimizer.evaluations() < 60) {
    const double loss = optimizer.step([&] { return f.evaluate(); });
    CHECK(loss <= last);
    if (loss >= last) break;
    last = loss;
  }
  CHECK(f.solved(1e-6));
}

TEST_CASE("L-BFGS at a minimum stays there") {
  auto backend = make_reference_backend(Dtype::f64);
  Variable p = parameter(*backend, {}, {0});
  Lbfgs optimizer({p}, {1, 10, true});
  for (int i = 0; i < 3; i++) {
    optimizer.step([&] {
      const Variable loss = p * p;
      backward(loss);
      return number(loss);
    });
  }
  CHECK(number(p) == 0);
}

TEST_CASE("optimisers refuse what they cannot change") {
  auto backend = make_reference_backend();
  CHECK_THROWS_AS(Adam({parameter(*backend, {}, {1}).detach()}), Error);
  Variable frozen = parameter(*backend, {}, {1});
  frozen.mutable_value().freeze();
  CHECK_THROWS_AS(Sgd({frozen}, 0.1), Error);
  CHECK_THROWS_AS(Lbfgs({frozen}), Error);
}
