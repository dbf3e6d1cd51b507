#include "nets/parameters.h"

#include <doctest/doctest.h>

#include "kernels/reference/reference.h"
#include "tests/nets/narrow_vgg.h"

using namespace impasto;

namespace {

using Use = Parameters::Use;

Array array(std::vector<int64_t> shape) {
  size_t count = 1;
  for (const int64_t dim : shape) count *= size_t(dim);
  std::vector<float> values(count);
  for (size_t i = 0; i < count; i++) values[i] = float(i + 1);
  return {std::move(shape), std::move(values)};
}

}  // namespace

TEST_CASE("parameters take their values from arrays of the same name, and gradients as declared") {
  const auto backend = make_reference_backend(Dtype::f64);
  Parameters parameters;
  parameters.declare("conv/weight", {2, 3, 1, 1}, Use::frozen);
  parameters.declare("conv/bias", {1, 2, 1, 1}, Use::trained);
  parameters.declare("matrix", {1, 1, 3, 4}, Use::trained);
  parameters.declare("beyond", {5, 5, 3, 3}, Use::unused);
  parameters.fill(
      *backend,
      {{"conv/weight", array({2, 3, 1, 1})}, {"conv/bias", array({2})}, {"matrix", array({3, 4})}, {"beyond", array({5, 5, 3, 3})}}, "a.h5",
      "net");
  CHECK(to_host(parameters["conv/weight"].value()) == array({6}).values);
  CHECK(parameters["conv/bias"].shape() == Shape{1, 2, 1, 1});
  CHECK(parameters["conv/bias"].requires_grad());
  CHECK_FALSE(parameters["conv/weight"].requires_grad());
  CHECK(parameters["conv/weight"].value().frozen());
  CHECK_FALSE(parameters["matrix"].value().frozen());
  CHECK(parameters.all().size() == 3);
  CHECK(narrow::refusal<Error>([&] { parameters["beyond"]; }) == "the parameter beyond has not been loaded");
  CHECK(narrow::refusal<Error>([&] { parameters["conv/scale"]; }) == "the parameter conv/scale was never declared");
  CHECK(narrow::refusal<Error>([&] { parameters.declare("matrix", {}, Use::unused); }) == "the parameter matrix is declared twice");
}

TEST_CASE("everything that does not fit stands in one sentence, unused parameters too") {
  const auto backend = make_reference_backend();
  Parameters parameters;
  parameters.declare("a", {1, 4, 1, 1}, Use::trained);
  parameters.declare("b", {2, 3, 3, 3}, Use::frozen);
  parameters.declare("c", {1, 4, 1, 1}, Use::unused);
  parameters.declare("d", {1, 4, 1, 1}, Use::trained);
  const auto fill = [&](const NamedArrays& arrays) {
    return narrow::refusal<ShapeError>([&] { parameters.fill(*backend, arrays, "w.h5", "net"); });
  };
  CHECK(fill({{"a", array({4})}, {"b", array({3, 2, 3, 3})}, {"d", array({4})}, {"e", array({1})}}) ==
        "w.h5: 3 of 4 parameters do not fit net: b is [3,2,3,3], needs [2,3,3,3]; c is missing; e is not one of its parameters");
  // A vector may be written with all four dimensions, but not with others.
  CHECK(fill({{"a", array({1, 4, 1, 1})}, {"b", array({2, 3, 3, 3})}, {"c", array({4})}, {"d", array({4, 1})}}) ==
        "w.h5: 1 of 4 parameters do not fit net: d is [4,1], needs [4]");
  CHECK(parameters.all().empty());
}
