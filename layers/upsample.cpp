#include "layers/upsample.h"

#include "layers/registry.h"

namespace impasto {

Variable upsample_nearest(const Variable& x, int factor) {
  if (factor < 1) throw ShapeError("upsample_nearest: factor must be at least 1, not " + std::to_string(factor));
  const Shape s = x.shape();
  Tensor y(x.backend(), {s.n, s.c, s.h * factor, s.w * factor}, x.value().lanes(), x.value().dtype());
  x.backend().upsample_nearest(x.value(), factor, y);
  return record("upsample_nearest", y, {x},
                [factor](Tensor& dy, std::span<GradientSink> dx) { dy.backend().upsample_nearest_backward(dy, factor, dx[0].out()); });
}

LayerCases upsample_nearest_cases() {
  const auto by = [](int factor) { return [=](std::vector<Variable>& x) { return upsample_nearest(x[0], factor); }; };
  const Shape big{4, 128, 64, 64};
  const double n = double(big.elements()), bytes = 4 * (n + 4 * n);
  return {"upsample_nearest",
          "layers/upsample.h",
          R"($$y_{ncpq} = x_{n,c,\,\lfloor p/f \rfloor,\,\lfloor q/f \rfloor}$$
with the factor $f$.)",
          R"($$dx_{nchw} = \sum_{i,j=0}^{f-1} dy_{n,c,\,fh+i,\,fw+j}$$)",
          R"(Each element has $f^2$ copies, each with derivative 1, so it collects the gradients of all of them.)",
          {{"factor 2", {activation({2, 3, 5, 4})}, by(2), true},
           {"factor 3, 17 channels", {activation({1, 17, 2, 3})}, by(3), true},
           {"factor 4, single pixel", {activation({2, 5, 1, 1})}, by(4), true},
           {"factor 1", {activation({1, 3, 3, 5})}, by(1), true},
           {"2 4x128x64x64", {activation(big)}, by(2), true, {0, bytes, 4 * n, bytes}, true}}};
}

}  // namespace impasto
