#include "layers/resize.h"

#include "layers/registry.h"

namespace impasto {

Variable resize_bilinear(const Variable& x, int height, int width, bool align_corners) {
  if (height < 1 || width < 1) {
    throw ShapeError("resize_bilinear: cannot resize x " + x.shape().text() + " to " + std::to_string(height) + "x" +
                     std::to_string(width));
  }
  Tensor y(x.backend(), {x.shape().n, x.shape().c, height, width}, x.value().lanes(), x.value().dtype());
  x.backend().resize_bilinear(x.value(), align_corners, y);
  return record("resize_bilinear", y, {x}, [align_corners](Tensor& dy, std::span<GradientSink> dx) {
    dy.backend().resize_bilinear_backward(dy, align_corners, dx[0].out());
  });
}

LayerCases resize_bilinear_cases() {
  const auto to = [](int height, int width, bool align_corners) {
    return [=](std::vector<Variable>& x) { return resize_bilinear(x[0], height, width, align_corners); };
  };
  const Shape big{4, 64, 128, 128};
  const double n = double(big.elements()), bytes = 4 * (n + 4 * n);
  return {"resize_bilinear",
          "layers/resize.h",
          R"($$y_{ncpq} = \sum_{h,w} A_{ph} B_{qw}\, x_{nchw}, \qquad A_{ph} = \max(0,\, 1 - |u_p - h|)$$
$$u_p = \min\bigl(\max\bigl(\tfrac{(p + 1/2) H}{P} - \tfrac12,\, 0\bigr),\, H - 1\bigr),
\qquad \text{corners aligned: } u_p = \tfrac{p (H - 1)}{P - 1} \text{ (0 if } P = 1\text{)}$$
$B$ does the same to columns.)",
          R"($$dx_{nchw} = \sum_{p,q} A_{ph} B_{qw}\, dy_{ncpq}$$)",
          R"(Linear in $x$ with fixed weights, $Y = A X B^\top$, so $dX = A^\top dY B$: every output gives its gradient
back to the (at most four) pixels it was mixed from, in the same shares. A row of $A$ is zero but for one entry
or two neighbours, which sum to 1.)",
          {{"grow", {activation({2, 3, 5, 4})}, to(8, 9, false)},
           {"grow, corners aligned", {activation({2, 3, 5, 4})}, to(8, 9, true)},
           {"shrink", {activation({2, 3, 7, 4})}, to(3, 3, false)},
           {"shrink, corners aligned", {activation({2, 3, 7, 4})}, to(3, 3, true)},
           {"double, 17 channels", {activation({1, 17, 3, 3})}, to(6, 6, false)},
           {"to a single pixel", {activation({2, 5, 4, 5})}, to(1, 1, false)},
           {"to a single pixel, corners aligned", {activation({2, 5, 4, 5})}, to(1, 1, true)},
           {"from a single pixel", {activation({2, 5, 1, 1})}, to(3, 4, false)},
           {"taller and narrower", {activation({1, 3, 3, 9})}, to(7, 4, false)},
           {"same size", {activation({1, 3, 3, 5})}, to(3, 5, true)},
           {"double 4x64x128x128", {activation(big)}, to(256, 256, false), false, {32 * n, bytes, 32 * n, bytes}, true}}};
}

}  // namespace impasto
