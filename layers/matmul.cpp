#include "layers/matmul.h"

#include <algorithm>

#include "layers/case.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {
namespace {

// The gradient of an operand, op(left) op(right); summed over the batch where the operand has one image and dy has more.
void deliver(const Tensor& left, bool transpose_left, const Tensor& right, bool transpose_right, double scale, int images,
             GradientSink& sink) {
  Backend& backend = left.backend();
  Out out = sink.out();
  if (out.tensor.shape().n == images) {
    backend.matmul(left, transpose_left, right, transpose_right, scale, out);
    return;
  }
  Shape each = out.tensor.shape();
  each.n = images;
  Tensor products = planar(backend, each);
  backend.matmul(left, transpose_left, right, transpose_right, scale, {products});
  backend.reduce_sum(products, 1, out);
}

}  // namespace

Variable matmul(const Variable& a, const Variable& b, Transpose t, double scale) {
  const Shape &sa = a.shape(), &sb = b.shape();
  const int rows = t.a ? sa.w : sa.h, inner = t.a ? sa.h : sa.w;
  const int columns = t.b ? sb.h : sb.w, inner_b = t.b ? sb.w : sb.h;
  const int images = std::max(sa.n, sb.n);
  if (sa.c != 1 || sb.c != 1 || inner != inner_b || (sa.n != sb.n && sa.n != 1 && sb.n != 1)) {
    throw ShapeError("matmul: " + sa.text() + (t.a ? " transposed" : "") + " times " + sb.text() + (t.b ? " transposed" : "") +
                     " does not go; matrices are [N, 1, H, W] with equal inner sizes and equal batches (or a batch of 1)");
  }
  if (!is_planar(a.value()) || !is_planar(b.value())) {
    throw ShapeError("matmul: matrices are planar, not " + layout_text(a.value()) + " and " + layout_text(b.value()));
  }
  Tensor y = planar(a.backend(), {images, 1, rows, columns});
  a.backend().matmul(a.value(), t.a, b.value(), t.b, scale, {y});
  // Each operand is kept only for the other's gradient.
  const Tensor saved_a = b.requires_grad() ? a.value() : Tensor{}, saved_b = a.requires_grad() ? b.value() : Tensor{};
  return record("matmul", y, {a, b}, [a = saved_a, b = saved_b, t, scale, images](Tensor& dy, std::span<GradientSink> d) {
    if (d[0] && t.a) deliver(b, t.b, dy, true, scale, images, d[0]);
    if (d[0] && !t.a) deliver(dy, false, b, !t.b, scale, images, d[0]);
    if (d[1] && t.b) deliver(dy, true, a, t.a, scale, images, d[1]);
    if (d[1] && !t.b) deliver(a, !t.a, dy, false, scale, images, d[1]);
  });
}

Variable reshape(const Variable& x, Shape shape) {
  return record("reshape", x.value().reshaped(shape), {x}, [shape = x.shape()](Tensor& dy, std::span<GradientSink> d) {
    const Tensor dx = dy.reshaped(shape);
    dy = {};  // so that the sink may keep dx without a copy
    if (d[0]) d[0].give(dx);
  });
}

LayerCases matmul_cases() {
  const auto product = [](Transpose t, double scale) { return [=](std::vector<Variable>& x) { return matmul(x[0], x[1], t, scale); }; };
  const auto timed = [&](const char* name, Shape a, Shape b) {
    const double flops = 2.0 * a.n * a.h * a.w * b.w;
    const double in = double(a.elements() + b.elements()), out = double(a.n) * a.h * b.w;
    Case c{name, {parameter(a), parameter(b)}, product({}, 1)};
    c.cost = {flops, 4 * (in + out), 2 * flops, 4 * (2 * in + out)};
    c.bench_only = true;
    return c;
  };
  return {
      "matmul",
      "layers/matmul.h",
      R"($Y = s\,AB$, image by image; either operand may be transposed, and a batch of one serves all images.)",
      R"($dA = s\, dY\, B^{\top}$, $\quad dB = s\, A^{\top} dY$; a transposed operand gets the transpose of that.)",
      R"($Y_{ik} = s\sum_j A_{ij}B_{jk}$, so $\partial Y_{ik}/\partial A_{ij} = s\,B_{jk}$ and $dA_{ij} = \sum_k dY_{ik}\, s\, B_{jk} = s\,(dY\,B^{\top})_{ij}$. $dB$ in the same way. If $A$ is used by every image, its gradient is the sum over them.)",
      {
          {"3x5 by 5x2", {parameter({2, 1, 3, 5}), parameter({2, 1, 5, 2})}, product({}, 1), true},
          {"transposed a", {parameter({2, 1, 5, 3}), parameter({2, 1, 5, 2})}, product({true, false}, 0.5), true},
          {"transposed b", {parameter({2, 1, 3, 5}), parameter({2, 1, 2, 5})}, product({false, true}, 2), true},
          {"both transposed", {parameter({1, 1, 5, 3}), parameter({1, 1, 2, 5})}, product({true, true}, 1), true},
          {"one a for two images", {parameter({1, 1, 3, 5}), parameter({2, 1, 5, 2})}, product({}, 1), true},
          {"one b for two images, transposed", {parameter({2, 1, 3, 5}), parameter({1, 1, 2, 5})}, product({false, true}, 1), true},
          {"reshape",
           {parameter({2, 3, 1, 5})},
           [](auto& x) {
             return reshape(x[0], {1, 1, 5, 6});
           },
           true},
          timed("512x512 by 512x512", {1, 1, 512, 512}, {1, 1, 512, 512}),
          timed("4 of 64x64 by 64x4096", {4, 1, 64, 64}, {4, 1, 64, 4096}),
      }};
}

}  // namespace impasto
