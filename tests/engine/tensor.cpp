// Tensors: shapes that cannot be, where numbers lie, what may be derived, and the way from and to the host.
#include "engine/tensor.h"

#include <doctest/doctest.h>

#include "engine/backend.h"
#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"

using namespace impasto;

namespace {

Backend& backend() {
  static const std::unique_ptr<Backend> cpu = make_cpu_backend();
  return *cpu;
}

std::vector<float> counted(Shape shape) {
  std::vector<float> values(size_t(shape.elements()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = float(i + 1);
  return values;
}

}  // namespace

TEST_CASE("a tensor without elements is refused, and the message names its shape") {
  for (const Shape& shape : {Shape{0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, 0, 1}, {1, 1, 1, 0}, {1, 1, -3, 1}}) {
    CAPTURE(shape.text());
    std::string text;
    try {
      Tensor x(backend(), shape);
    } catch (const ShapeError& error) {
      text = error.what();
    }
    CHECK(text.find(shape.text()) != std::string::npos);
  }
  CHECK_THROWS_AS(Tensor(backend(), {1, 1, 1, 1}, 0), ShapeError);
}

TEST_CASE("channel-inner storage: groups of lanes, the last one padded") {
  const Tensor x(backend(), {2, 17, 3, 5}, 8);
  CHECK(x.groups() == 3);
  CHECK(x.stored() == 2 * 3 * 8 * 15);
  CHECK(x.has_padding());
  CHECK(x.index(0, 0, 0, 0) == 0);
  CHECK(x.index(0, 1, 0, 0) == 1);      // the next lane
  CHECK(x.index(0, 0, 0, 1) == 8);      // the next pixel
  CHECK(x.index(0, 0, 1, 0) == 8 * 5);  // the next row
  CHECK(x.index(0, 8, 0, 0) == 8 * 15);
  CHECK(x.index(1, 16, 2, 4) == x.stored() - 8);
  CHECK(!Tensor(backend(), {1, 16, 1, 1}, 8).has_padding());
  CHECK(Tensor(backend(), {1, 3, 1, 2}, 4, Dtype::bf16).bytes() == 2 * 8);
}

TEST_CASE("images of a tensor are its own numbers, and derive nothing that is kept") {
  const Shape shape{3, 5, 2, 3};
  const std::vector<float> values = counted(shape);
  for (const int lanes : {1, 8}) {
    CAPTURE(lanes);
    Tensor x = from_host(backend(), shape, values.data(), lanes);
    Tensor last = x.images(1, 2);
    CHECK(last.shape() == Shape{2, 5, 2, 3});
    CHECK(to_host(last) == std::vector<float>(values.begin() + 30, values.end()));
    CHECK(to_host(last.images(1, 1)) == std::vector<float>(values.begin() + 60, values.end()));
    CHECK_FALSE(last.unshared());
    backend().fill(last, 0);
    CHECK(to_host(x)[29] == 30);
    CHECK(to_host(x)[30] == 0);
    x.freeze();
    int made = 0;
    for (int i = 0; i < 2; i++) last.derived("twice", [&] { return ++made, x.like(); });
    CHECK(made == 2);
  }
  const Tensor x(backend(), shape);
  for (const auto& [first, count] : {std::pair{-1, 1}, {0, 0}, {0, 4}, {3, 1}, {2, 2}}) CHECK_THROWS_AS(x.images(first, count), ShapeError);
}

TEST_CASE("numbers come back from every lane count as they went") {
  for (const Shape& shape : {Shape{2, 3, 5, 7}, {1, 17, 1, 1}, {3, 1, 2, 2}, {1, 1, 1, 1}}) {
    const std::vector<float> values = counted(shape);
    for (const int lanes : {1, 3, 4, 8, 16, 24}) {
      CAPTURE(shape.text());
      CAPTURE(lanes);
      const Tensor x = from_host(backend(), shape, values.data(), lanes);
      CHECK(x.lanes() == lanes);
      CHECK(to_host(x) == values);
      CHECK(to_host_f64(x) == std::vector<double>(values.begin(), values.end()));
    }
  }
}

TEST_CASE("an f64 backend keeps f64 numbers, a scalar is one number") {
  const auto reference = make_reference_backend(Dtype::f64);
  Tensor x(*reference, {1, 1, 1, 1}, 1, Dtype::f64);
  reference->fill(x, 0.1);
  CHECK(scalar(x) == 0.1);
  CHECK(to_host_f64(x)[0] == 0.1);
  CHECK_THROWS_AS(scalar(Tensor(backend(), {1, 2})), ShapeError);
}

TEST_CASE("numbers are read in their own dtype only") {
  Tensor x(backend(), {1, 4}, 1, Dtype::bf16);
  CHECK_NOTHROW(x.data<bf16>());
  CHECK_THROWS_AS(x.data<float>(), ShapeError);
  CHECK_THROWS_AS(static_cast<const Tensor&>(x).data<double>(), ShapeError);
}

TEST_CASE("a planar tensor can be seen under another shape of the same size, a blocked one cannot") {
  const std::vector<float> values = counted({2, 3, 1, 4});
  const Tensor x = from_host(backend(), {2, 3, 1, 4}, values.data());
  const Tensor view = x.reshaped({1, 1, 6, 4});
  CHECK(view.raw() == x.raw());
  CHECK(to_host(view) == values);
  CHECK_THROWS_AS(x.reshaped({1, 1, 6, 5}), ShapeError);
  CHECK_THROWS_AS(Tensor(backend(), {1, 8}, 8).reshaped({1, 1, 1, 8}), ShapeError);
}

TEST_CASE("copies share numbers; like() makes new ones of the same layout") {
  Tensor x(backend(), {1, 3, 2, 2}, 8, Dtype::bf16);
  CHECK(x.unshared());
  const Tensor copy = x;
  CHECK(!x.unshared());
  CHECK(copy.raw() == x.raw());
  const Tensor other = x.like();
  CHECK(other.raw() != x.raw());
  CHECK(other.same_layout(x));
}

TEST_CASE("what is derived from a tensor is kept once the tensor is frozen, and not before") {
  Tensor x(backend(), {1, 2});
  int made = 0;
  const auto make = [&] {
    ++made;
    return Tensor(backend(), {1, 5});
  };
  x.derived("packed", make);
  x.derived("packed", make);
  CHECK(made == 2);
  x.freeze();
  const Tensor first = x.derived("packed", make);
  CHECK(x.derived("packed", make).raw() == first.raw());
  CHECK(made == 3);
  x.derived("other", make);  // a key of its own
  CHECK(made == 4);
  Tensor copy = x;  // a copy shares the promise and what was derived
  CHECK(copy.frozen());
  CHECK(copy.derived("packed", make).raw() == first.raw());
  CHECK(made == 4);
  CHECK(!x.like().frozen());
}

TEST_CASE("a tensor's memory goes back to its pool with the last copy") {
  const auto own = make_cpu_backend();
  const auto live = [&] { return own->pool()->usage().live; };
  {
    Tensor x(*own, {1, 64, 8, 8});
    const Tensor copy = x;
    x = {};
    CHECK(live() > 0);
  }
  CHECK(live() == 0);
}
