#include "layers/conv_transpose2d.h"

#include <algorithm>

#include "layers/registry.h"

namespace impasto {

Shape conv_transpose2d_shape(const Shape& x, const Shape& weight, const ConvTranspose2dOptions& o) {
  if (o.stride < 1 || o.dilation < 1 || o.groups < 1 || o.pad < 0) {
    throw ShapeError("conv_transpose2d: stride, dilation and groups must be at least 1 and pad at least 0");
  }
  // With output_pad >= stride the convolution back from y would have more outputs than x has pixels.
  if (o.output_pad >= o.stride) {
    throw ShapeError("conv_transpose2d: output_pad " + std::to_string(o.output_pad) + " must be less than stride " +
                     std::to_string(o.stride));
  }
  if (weight.n != x.c) {
    throw ShapeError("conv_transpose2d: weight is " + weight.text() + " but x has " + std::to_string(x.c) +
                     " channels (the first dimension counts the input's)");
  }
  if (x.c % o.groups != 0) {
    throw ShapeError("conv_transpose2d: x has " + std::to_string(x.c) + " channels, which cannot be shared among groups " +
                     std::to_string(o.groups));
  }
  const auto size = [&](int size, int kernel) { return (size - 1) * o.stride - 2 * o.pad + o.dilation * (kernel - 1) + o.output_pad + 1; };
  const Shape y{x.n, weight.c * o.groups, size(x.h, weight.h), size(x.w, weight.w)};
  if (y.h < 1 || y.w < 1) {
    throw ShapeError("conv_transpose2d: pad " + std::to_string(o.pad) + " leaves nothing of x " + x.text() + " under weight " +
                     weight.text());
  }
  return y;
}

Variable conv_transpose2d(const Variable& x, const Variable& weight, const Variable& bias, const ConvTranspose2dOptions& options) {
  const Shape shape = conv_transpose2d_shape(x.shape(), weight.shape(), options);
  if (bias.defined() && bias.shape() != Shape{1, shape.c, 1, 1}) {
    throw ShapeError("conv_transpose2d: bias is " + bias.shape().text() + " but weight " + weight.shape().text() + " makes " +
                     std::to_string(shape.c) + " channels");
  }
  // The convolution that this is the transpose of: it goes from y to x.
  const int end = options.pad - std::min(0, options.output_pad);
  const ConvParams params{options.stride,   options.stride,   options.pad,   options.pad, end, end,
                          options.dilation, options.dilation, options.groups};
  Backend& backend = x.backend();
  Tensor y(backend, shape, backend.lanes_for(shape.c), x.value().dtype());
  backend.conv2d_backward_data(x.value(), weight.value(), params, nullptr, {y});
  if (bias.defined()) backend.binary(Binary::add, 1, y, bias.value(), {y});

  const Tensor kept_x = weight.requires_grad() ? x.value() : Tensor();
  const Tensor kept_weight = x.requires_grad() ? weight.value() : Tensor();
  return record("conv_transpose2d", y, {x, weight, bias}, [=](Tensor& dy, std::span<GradientSink> sinks) {
    GradientSink &dx = sinks[0], &dweight = sinks[1], &dbias = sinks[2];
    Backend& backend = dy.backend();
    if (dbias) backend.reduce_sum(dy, 1, dbias.out());
    if (dweight) backend.conv2d_backward_weights(dy, kept_x, params, {}, nullptr, dweight.out());
    if (dx) backend.conv2d(dy, kept_weight, params, {}, {}, dx.out());
  });
}

namespace {

Case transpose_case(std::string name, Shape x, Shape weight, ConvTranspose2dOptions options = {}, bool with_bias = true) {
  std::vector<Input> inputs{activation(x), parameter(weight)};
  if (with_bias) inputs.push_back(parameter({1, weight.c * options.groups, 1, 1}));
  const auto run = [=](std::vector<Variable>& v) { return conv_transpose2d(v[0], v[1], with_bias ? v[2] : Variable(), options); };
  return {std::move(name), std::move(inputs), run, true};
}

Case transpose_bench(std::string name, Shape x, Shape weight, ConvTranspose2dOptions options) {
  Case c = transpose_case(std::move(name), x, weight, options);
  const Shape y = conv_transpose2d_shape(x, weight, options);
  const double flops = 2.0 * x.elements() * weight.c * weight.h * weight.w;
  const double bytes = 4.0 * (x.elements() + weight.elements() + y.elements());
  c.cost = {flops, bytes, 2 * flops, bytes + 4.0 * (x.elements() + weight.elements())};
  c.bench_only = true;
  return c;
}

}  // namespace

LayerCases conv_transpose2d_cases() {
  LayerCases layer;
  layer.layer = "conv_transpose2d", layer.header = "layers/conv_transpose2d.h";
  layer.forward = R"($$y_{nkpq} = b_k + \sum_{c} \sum_{\substack{h,r:\; th+\delta r-a = p\\ w,s:\; tw+\delta s-a = q}} w_{ckrs}\; x_{nchw}$$
with stride $t$, dilation $\delta$, pad $a$: each pixel of $x$ stamps a scaled kernel into $y$, $t$ pixels from its neighbour's.)";
  layer.gradient = R"($$dx_{nchw} = \sum_{k,r,s} w_{ckrs}\; dy_{n,k,\,th+\delta r-a,\,tw+\delta s-a}, \qquad
dw_{ckrs} = \sum_{n,h,w} x_{nchw}\; dy_{n,k,\,th+\delta r-a,\,tw+\delta s-a},
\qquad db_k = \sum_{n,p,q} dy_{nkpq}$$)";
  layer.derivation =
      R"(A convolution is linear in its picture, $v = A u$, and hands gradients back by the transpose, $du = A^\top dv$. This
layer is $y = A^\top x$ for the convolution $A$ that leads from $y$'s shape to $x$'s. So its own gradient is $dx = A\, dy$:
a plain convolution. The weight sits in $A$, and $\langle dy, A^\top x \rangle = \langle x, A\, dy \rangle$: as a function of the weight
this is that convolution's output for the picture $dy$, weighted by $x$, so $dw$ is its weight gradient with picture $dy$ and
output gradient $x$.)";
  layer.cases = {
      transpose_case("1x1", {2, 5, 4, 3}, {5, 7, 1, 1}),
      transpose_case("3x3", {1, 3, 4, 5}, {3, 4, 3, 3}, {.pad = 1}),
      transpose_case("3x3 stride 2 doubles", {2, 3, 4, 3}, {3, 4, 3, 3}, {.stride = 2, .pad = 1, .output_pad = 1}),
      transpose_case("3x3 stride 2, cut at the end only", {2, 3, 4, 3}, {3, 4, 3, 3}, {.stride = 2, .output_pad = -1}),
      transpose_case("3x3 stride 2, odd size", {1, 4, 3, 5}, {4, 2, 3, 3}, {.stride = 2, .pad = 1}, false),
      transpose_case("4x4 stride 2", {1, 3, 3, 4}, {3, 2, 4, 4}, {.stride = 2, .pad = 1}),
      transpose_case("2x2 stride 3 leaves gaps", {1, 2, 3, 3}, {2, 3, 2, 2}, {.stride = 3, .output_pad = 2}),
      transpose_case("dilation 2", {1, 2, 4, 3}, {2, 3, 3, 3}, {.pad = 1, .dilation = 2}),
      transpose_case("groups 2", {2, 4, 3, 4}, {4, 3, 3, 3}, {.stride = 2, .pad = 1, .output_pad = 1, .groups = 2}),
      transpose_case("depthwise 5", {1, 5, 4, 3}, {5, 1, 3, 3}, {.stride = 2, .pad = 1, .groups = 5}),
      transpose_case("from 17 channels", {1, 17, 2, 3}, {17, 3, 2, 2}, {.stride = 2}),
      transpose_case("to 17 channels", {1, 3, 3, 2}, {3, 17, 2, 2}, {.stride = 2}),
      transpose_case("single pixel", {2, 3, 1, 1}, {3, 4, 3, 3}, {.stride = 2, .pad = 1, .output_pad = 1}),
  };
  Case frozen = transpose_case("frozen weights", {1, 3, 4, 3}, {3, 4, 3, 3}, {.stride = 2, .pad = 1, .output_pad = 1});
  frozen.inputs[1] = constant(frozen.inputs[1]);
  frozen.inputs[2] = constant(frozen.inputs[2]);
  layer.cases.push_back(frozen);
  layer.cases.push_back(
      transpose_bench("up 3x3 4x64x128x128", {4, 64, 128, 128}, {64, 32, 3, 3}, {.stride = 2, .pad = 1, .output_pad = 1}));
  return layer;
}

}  // namespace impasto
