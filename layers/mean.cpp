#include "layers/mean.h"

#include "layers/case.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {
namespace {

Variable scaled_sum(const char* name, const Variable& x, Shape shape, double scale) {
  Tensor y = planar(x.backend(), shape);
  x.backend().reduce_sum(x.value(), scale, {y});
  return record(name, y, {x}, [scale](Tensor& dy, std::span<GradientSink> d) {
    if (d[0]) spread(dy, scale, d[0].out());
  });
}

}  // namespace

Variable sum(const Variable& x) { return scaled_sum("sum", x, {}, 1); }
Variable mean(const Variable& x) { return scaled_sum("mean", x, {}, 1.0 / double(x.shape().elements())); }
Variable spatial_mean(const Variable& x) {
  return scaled_sum("spatial_mean", x, {x.shape().n, x.shape().c, 1, 1}, 1.0 / double(x.shape().pixels()));
}

LayerCases mean_cases() {
  const auto timed = [](const char* name, Shape s, Variable (*layer)(const Variable&)) {
    const double n = double(s.elements());
    Case c{name, {activation(s)}, [layer](std::vector<Variable>& x) { return layer(x[0]); }};
    c.cost = {n, 4 * n, 0, 4 * n};
    c.bench_only = true;
    return c;
  };
  return {"mean",
          "layers/mean.h",
          R"($y = s\sum x$ with $s = 1$ (sum), $1/(NCHW)$ (mean), or for each plane $1/(HW)$ (spatial_mean).)",
          R"($dx = s\, dy$ at every element that went into the sum.)",
          R"(Each element enters its sum once, with weight $s$.)",
          {
              {"sum 2x3x5x4", {activation({2, 3, 5, 4})}, [](auto& x) { return sum(x[0]); }, true},
              {"mean 2x17x3x1", {activation({2, 17, 3, 1})}, [](auto& x) { return mean(x[0]); }},
              {"spatial mean 2x3x5x4", {activation({2, 3, 5, 4})}, [](auto& x) { return spatial_mean(x[0]); }},
              {"spatial mean 2x17x1x1", {activation({2, 17, 1, 1})}, [](auto& x) { return spatial_mean(x[0]); }, true},
              timed("sum 4x64x256x256", {4, 64, 256, 256}, sum),
              timed("spatial mean 1x64x512x512", {1, 64, 512, 512}, spatial_mean),
          }};
}

}  // namespace impasto
