#include "layers/total_variation.h"

#include "layers/case.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {

Variable total_variation(const Variable& x, Variation kind, double scale) {
  Tensor y = planar(x.backend(), {});
  x.backend().total_variation(kind, x.value(), scale, y);
  return record("total_variation", y, {x}, [x = x.value(), kind, scale](Tensor& dy, std::span<GradientSink> d) {
    if (d[0]) x.backend().total_variation_backward(kind, x, dy, scale, d[0].out());
  });
}

LayerCases total_variation_cases() {
  const auto of = [](Variation kind, double scale) { return [=](std::vector<Variable>& x) { return total_variation(x[0], kind, scale); }; };
  const auto timed = [&](const char* name, Shape s) {
    const double n = double(s.elements());
    Case c{name, {activation(s)}, of(Variation::squared, 1)};
    c.cost = {6 * n, 4 * n, 8 * n, 4 * 2 * n};
    c.bench_only = true;
    return c;
  };
  return {
      "total_variation",
      "layers/total_variation.h",
      R"($y = s\sum_{ij} \bigl(\rho(x_{i,j+1}-x_{ij}) + \rho(x_{i+1,j}-x_{ij})\bigr)$, differences across the border left out, with $\rho(d) = d^2$ (squared), $|d|$ (absolute), or $\tfrac12 d^2$ over the top-left $(H-1)\times(W-1)$ pixels only (torch).)",
      R"($dx_p = s\,dy\sum_{q\sim p}\rho'(x_p-x_q)$ over the neighbours $q$ whose difference with $p$ was counted; $\rho' = 2d$, $\operatorname{sign} d$, $d$.)",
      R"(A pixel takes part in at most four differences, with a plus sign in two and a minus sign in two; $\rho'$ is odd, so each contributes $\rho'(x_p-x_q)$. For the squared form the gradient is $-2s$ times the discrete Laplacian: a step of descent is a step of diffusion.)",
      {
          {"squared 2x3x5x4", {activation({2, 3, 5, 4})}, of(Variation::squared, 1), true},
          {"squared 1x17x3x3", {activation({1, 17, 3, 3})}, of(Variation::squared, 1), true},
          {"absolute 2x3x5x4", {distinct({2, 3, 5, 4})}, of(Variation::absolute, 1), true},
          {"torch 2x3x5x4", {activation({2, 3, 5, 4})}, of(Variation::torch, 2), true},
          {"one row, scaled 2x3x1x5", {activation({2, 3, 1, 5})}, of(Variation::squared, 0.3)},
          {"one column 1x3x7x1", {distinct({1, 3, 7, 1})}, of(Variation::absolute, 1), true},
          {"one pixel 1x3x1x1", {activation({1, 3, 1, 1})}, of(Variation::torch, 1), true},
          timed("4x3x256x256", {4, 3, 256, 256}),
          timed("1x3x512x512", {1, 3, 512, 512}),
      }};
}

}  // namespace impasto
