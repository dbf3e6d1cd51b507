// Which layers work in place, and when: never visibly, but for the memory.
#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "layers/activations.h"
#include "layers/arithmetic.h"
#include "layers/batch_norm.h"
#include "layers/instance_norm.h"
#include "layers/planar.h"

using namespace impasto;

namespace {

Tensor vector_of(Backend& backend, int channels, double value) {
  Tensor v = planar(backend, {1, channels, 1, 1});
  backend.fill(v, value);
  return v;
}

struct Layer {
  const char* name;
  std::function<Variable(Variable)> run;
};

std::vector<Layer> layers(Backend& backend) {
  const Variable gamma(vector_of(backend, 5, 1.5)), beta(vector_of(backend, 5, -0.25));
  const RunningStatistics running{vector_of(backend, 5, 0.5), vector_of(backend, 5, 2)};
  Tensor other(backend, {2, 5, 4, 3}, backend.lanes_for(5));
  backend.random_normal(7, 0, other);
  return {{"relu", [](Variable x) { return relu(std::move(x)); }},
          {"sigmoid", [](Variable x) { return sigmoid(std::move(x)); }},
          {"scaled_tanh", [](Variable x) { return scaled_tanh(std::move(x), 150); }},
          {"affine", [](Variable x) { return affine(std::move(x), 2, 1); }},
          {"clamp", [](Variable x) { return clamp(std::move(x), 0, 1); }},
          {"add", [other](Variable x) { return add(std::move(x), Variable(other)); }},
          {"instance_norm", [=](Variable x) { return instance_norm(std::move(x), gamma, beta, 1e-5, true); }},
          {"batch_norm_frozen", [=](Variable x) { return batch_norm_frozen(std::move(x), gamma, beta, running); }}};
}

}  // namespace

TEST_CASE("under NoGrad a layer works in the place of what was moved into it, with the same result") {
  const auto backend = make_cpu_backend();
  for (const Layer& layer : layers(*backend)) {
    CAPTURE(layer.name);
    Tensor x(*backend, {2, 5, 4, 3}, backend->lanes_for(5));
    backend->random_normal(1, 0, x);
    const std::vector<float> before = to_host(x), wanted = to_host(layer.run(Variable(x)).value());
    CHECK(to_host(x) == before);  // recorded: untouched

    const NoGrad no_grad;
    Variable kept(x);
    CHECK(layer.run(kept).value().raw() != x.raw());
    CHECK(to_host(x) == before);  // somebody holds it: untouched

    const void* place = x.raw();
    Variable last(std::move(x));
    kept = {};
    last = layer.run(std::move(last));
    CHECK(last.value().raw() == place);
    CHECK(to_host(last.value()) == wanted);
  }
}

TEST_CASE("frozen numbers are never overwritten") {
  const auto backend = make_cpu_backend();
  Tensor x(*backend, {1, 1, 2, 2});
  backend->fill(x, -1);
  x.freeze();
  Tensor again = x;
  const NoGrad no_grad;
  Variable only(std::move(x));
  again = {};
  const void* place = only.value().raw();
  CHECK(relu(std::move(only)).value().raw() != place);
}
