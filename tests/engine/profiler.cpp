// The profiler: every call is counted under its layer and primitive, with the bytes it touched; layout changes are counted apart.
#include "engine/profiler.h"

#include <doctest/doctest.h>

#include "engine/variable.h"
#include "kernels/reference/reference.h"

using namespace impasto;

namespace {

struct Profiled {
  std::unique_ptr<Backend> inner = make_reference_backend();
  Profiler profiler{*inner};

  Profiler::Entry entry(const std::string& layer, const std::string& primitive) const {
    const auto it = profiler.entries().find({layer, primitive});
    return it == profiler.entries().end() ? Profiler::Entry{} : it->second;
  }
  Tensor zeros(Shape shape, int lanes = 1) {
    Tensor x(profiler, shape, lanes);
    profiler.fill(x, 0);
    return x;
  }
};

Variable doubled(const Variable& x) {
  Tensor y = x.value().like();
  x.backend().unary(Unary::affine, 2, 0, x.value(), y);
  return record("doubled", y, {x},
                [](Tensor& dy, std::span<GradientSink> dx) { dy.backend().unary_backward(Unary::affine, 2, 0, dy, dy, dy, dx[0].out()); });
}

}  // namespace

TEST_CASE("calls and bytes are added up by layer and primitive, forward and backward") {
  Profiled p;
  const Shape shape{2, 3, 5, 7};
  const double bytes = 4.0 * double(shape.elements());
  Variable y;
  {
    const Variable x(p.zeros(shape), true);
    p.profiler.reset();
    const LayerScope scope("first");
    y = doubled(doubled(x));
  }
  {
    const LayerScope scope("second");
    y = doubled(y);
  }
  backward_from(y, p.zeros(shape));
  CHECK(p.entry("first", "unary").calls == 2);
  CHECK(p.entry("first", "unary").bytes == 2 * 2 * bytes);
  CHECK(p.entry("second", "unary").calls == 1);
  CHECK(p.entry("first", "unary_backward").calls == 2);
  CHECK(p.entry("second", "unary_backward").calls == 1);
  CHECK(p.entry("second", "unary_backward").bytes == 4 * bytes);  // x, y and dy read, dx written
  CHECK(p.entry("", "fill").bytes == bytes);
  CHECK(p.entry("first", "unary").seconds > 0);
}

TEST_CASE("padding lanes are traffic too") {
  Profiled p;
  p.zeros({1, 3, 4, 5}, 8);
  CHECK(p.entry("", "fill").bytes == 4.0 * 8 * 20);
}

TEST_CASE("a relayout is a change of lanes of more than one pixel") {
  Profiled p;
  const Tensor planar = p.zeros({1, 3, 4, 5}), vector = p.zeros({1, 3, 1, 1});
  Tensor blocked(p.profiler, {1, 3, 4, 5}, 8), other(p.profiler, {1, 3, 4, 5}, 8), packed(p.profiler, {1, 3, 1, 1}, 8);
  p.profiler.convert(planar, {blocked});
  CHECK(p.profiler.relayouts() == 1);
  p.profiler.convert(blocked, {other});
  p.profiler.convert(vector, {packed});
  CHECK(p.profiler.relayouts() == 1);
  CHECK(p.entry("", "convert").calls == 3);
}

TEST_CASE("reset forgets, and a report has a line for each entry and a total") {
  Profiled p;
  {
    const LayerScope scope("conv1_1");
    p.zeros({1, 3, 4, 5});
  }
  const std::string report = p.profiler.report();
  CHECK(report.find("conv1_1") != std::string::npos);
  CHECK(report.find("fill") != std::string::npos);
  CHECK(report.find("1 calls") != std::string::npos);
  CHECK(report.find("0 relayouts") != std::string::npos);
  p.profiler.reset();
  CHECK(p.profiler.entries().empty());
  CHECK(p.profiler.relayouts() == 0);
}

TEST_CASE("what the profiled backend computes is unchanged, and an error passes through") {
  Profiled p;
  const float numbers[] = {1, -2, 3};
  const Tensor x = from_host(p.profiler, {1, 3}, numbers);
  Tensor y = x.like(), wrong(p.profiler, {1, 2});
  p.profiler.unary(Unary::relu, 0, 0, x, y);
  CHECK(to_host(y) == std::vector<float>{1, 0, 3});
  CHECK_THROWS_AS(p.profiler.convert(x, {wrong}), ShapeError);
}
