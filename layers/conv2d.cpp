#include "layers/conv2d.h"

#include <algorithm>

#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {

ConvParams Conv2dOptions::params() const {
  const Pads p = pads.value_or(Pads{pad, pad, pad, pad});
  return {stride, stride, p.top, p.left, p.bottom, p.right, dilation, dilation, groups, padding, upsample};
}

Shape conv2d_shape(const Shape& x, const Shape& weight, const ConvParams& p) {
  const auto by = [](int h, int w) { return std::to_string(h) + "x" + std::to_string(w); };
  if (p.stride_h < 1 || p.stride_w < 1 || p.dilation_h < 1 || p.dilation_w < 1 || p.groups < 1) {
    throw ShapeError("conv2d: stride " + by(p.stride_h, p.stride_w) + ", dilation " + by(p.dilation_h, p.dilation_w) + " and groups " +
                     std::to_string(p.groups) + " must all be at least 1");
  }
  if (p.upsample != 1 && p.upsample != 2) {
    throw ShapeError("conv2d: upsample must be 1 or 2, not " + std::to_string(p.upsample) + "; use upsample_nearest for other factors");
  }
  if (p.pad_top < 0 || p.pad_left < 0 || p.pad_bottom < 0 || p.pad_right < 0) {
    throw ShapeError("conv2d: pads must not be negative; crop x first");
  }
  if (int64_t(weight.c) * p.groups != x.c) {
    throw ShapeError("conv2d: weight is " + weight.text() + " but x has " + std::to_string(x.c) + " channels, groups " +
                     std::to_string(p.groups));
  }
  if (weight.n % p.groups != 0) {
    throw ShapeError("conv2d: weight is " + weight.text() + " but its " + std::to_string(weight.n) +
                     " output channels cannot be shared among groups " + std::to_string(p.groups));
  }
  const Shape up = upsampled_shape(x, p), wide = padded_shape(x, p);
  if (p.padding == Padding::reflect && (std::max(p.pad_top, p.pad_bottom) >= up.h || std::max(p.pad_left, p.pad_right) >= up.w)) {
    throw ShapeError("conv2d: x " + x.text() + " is too small for its borders to be reflected that far; each must be smaller than x");
  }
  const int room_h = wide.h - p.dilation_h * (weight.h - 1) - 1, room_w = wide.w - p.dilation_w * (weight.w - 1) - 1;
  if (room_h < 0 || room_w < 0) {
    throw ShapeError("conv2d: a kernel of " + by(weight.h, weight.w) + ", dilation " + by(p.dilation_h, p.dilation_w) +
                     ", does not fit into x " + x.text() + ", padded to " + by(wide.h, wide.w));
  }
  return {x.n, weight.n, room_h / p.stride_h + 1, room_w / p.stride_w + 1};
}

namespace {

// What the gradients of one convolution need. Each needs the other operand: a frozen loss network keeps no activations for weights that do
// not learn.
struct Kept {
  ConvParams params;
  Tensor x, scale, shift;  // for dweight; the latter two of an x whose norm is still to be applied
  bool relu_in = false;
  Tensor weight;                 // for dx
  std::optional<NormTape> norm;  // for what is behind it
  Tensor y;                      // the mask of a fused ReLU

  // sinks: of x, gamma, beta, weight and bias.
  void backward(Tensor& dy, std::span<GradientSink> sinks) const {
    GradientSink &dx = sinks[0], &dweight = sinks[3], &dbias = sinks[4];
    Backend& backend = dy.backend();
    const Tensor* mask = pointer(y);
    if (mask && dbias) {  // a sum knows no mask: clear dy itself, once for all three
      backend.unary_backward(Unary::relu, 0, 0, y, y, dy, {dy});
      mask = nullptr;
    }
    if (dbias) backend.reduce_sum(dy, 1, dbias.out());
    if (dweight) backend.conv2d_backward_weights(x, dy, params, {pointer(scale), pointer(shift), relu_in}, mask, dweight.out());
    if (norm) {
      Tensor dnormed = norm->x.like();
      backend.conv2d_backward_data(dy, weight, params, mask, {dnormed});
      norm->backward(dnormed, sinks.first(3));
    } else if (dx) {
      backend.conv2d_backward_data(dy, weight, params, mask, dx.out());
    }
  }
};

Variable convolve(const Normed& x, const Variable& weight, const Variable& bias, const ConvParams& params, bool relu, Tensor* mean,
                  Tensor* variance) {
  const Shape shape = conv2d_shape(x.shape(), weight.shape(), params);
  if (bias.defined() && bias.shape() != Shape{1, shape.c, 1, 1}) {
    throw ShapeError("conv2d: bias is " + bias.shape().text() + " but weight " + weight.shape().text() + " makes " +
                     std::to_string(shape.c) + " channels");
  }
  const Tensor& in = x.x.value();
  Backend& backend = in.backend();
  Tensor y(backend, shape, backend.lanes_for(shape.c), in.dtype());
  if (mean) *mean = planar(backend, {shape.n, shape.c, 1, 1}), *variance = mean->like();
  backend.conv2d(in, weight.value(), params, x.input(), {pointer(bias.value()), relu, mean, variance}, {y});

  Kept kept;
  kept.params = params;
  if (weight.requires_grad()) kept.x = in, kept.scale = x.scale, kept.shift = x.shift, kept.relu_in = x.relu;
  if (x.requires_grad()) kept.weight = weight.value();
  if (x.requires_grad() && !x.is_plain()) kept.norm = x.tape();
  if (relu) kept.y = y;
  return record("conv2d", y, {x.x, x.gamma, x.beta, weight, bias},
                [kept = std::move(kept)](Tensor& dy, std::span<GradientSink> sinks) { kept.backward(dy, sinks); });
}

}  // namespace

Variable conv2d(Normed x, const Variable& weight, const Variable& bias, const Conv2dOptions& options) {
  return conv2d(std::move(x), weight, bias, options.params(), options.relu);
}

Variable conv2d(Normed x, const Variable& weight, const Variable& bias, const ConvParams& params, bool relu) {
  return convolve(x, weight, bias, params, relu, nullptr, nullptr);
}

Measured measured_conv2d(Normed x, const Variable& weight, const Variable& bias, const Conv2dOptions& options) {
  Measured y;
  y.x = convolve(x, weight, bias, options.params(), options.relu, &y.mean, &y.variance);
  return y;
}

namespace {

/// x, weight and (if wanted) a bias through one convolution. A pre-activation of random numbers misses the kink of a fused
/// ReLU by far more than a difference step, so those cases need no special inputs.
Case conv_case(std::string name, Shape x, Shape weight, Conv2dOptions options = {}, bool with_bias = true) {
  std::vector<Input> inputs{activation(x), parameter(weight)};
  if (with_bias) inputs.push_back(parameter({1, weight.n, 1, 1}));
  const auto run = [=](std::vector<Variable>& v) { return conv2d(v[0], v[1], with_bias ? v[2] : Variable(), options); };
  return {std::move(name), std::move(inputs), run, true};
}

/// For the bench. What learns decides what backward computes: the input alone is a loss network, the weight alone a first layer.
enum class Learns { input, weight };
Case conv_bench(const std::string& name, Shape x, Shape weight, Conv2dOptions options, Learns learns) {
  const bool by_input = learns == Learns::input;
  Case c = conv_case(name + (by_input ? ", data gradient" : ", weight gradient"), x, weight, options, false);
  c.inputs[by_input ? 1 : 0].differentiable = false;
  const Shape y = conv2d_shape(x, weight, options.params());
  const double flops = 2.0 * y.elements() * weight.c * weight.h * weight.w;
  const double bytes = 4.0 * (x.elements() + weight.elements() + y.elements());
  c.cost = {flops, bytes, flops, bytes + (options.relu ? 4.0 * y.elements() : 0)};
  c.bench_only = true;
  return c;
}

}  // namespace

LayerCases conv2d_cases() {
  LayerCases layer;
  layer.layer = "conv2d", layer.header = "layers/conv2d.h";
  layer.forward = R"($$y_{nkpq} = b_k + \sum_{c,r,s} w_{kcrs}\; x_{n,c,\,tp+\delta r-a,\,tq+\delta s-a}$$
with stride $t$, dilation $\delta$, pad $a$; outside the picture $x$ is 0, or what
reflection or repetition of its edge puts there. With groups, $c$ runs over the channels of
$k$'s group only. Upsampled by $u$, $x$ stands for $x_{n,c,\lfloor h/u \rfloor,\lfloor w/u \rfloor}$.
Fused ReLU: $y \leftarrow \max(y, 0)$.)";
  layer.gradient =
      R"($$dw_{kcrs} = \sum_{n,p,q} dy_{nkpq}\; x_{n,c,\,tp+\delta r-a,\,tq+\delta s-a},
\qquad db_k = \sum_{n,p,q} dy_{nkpq}$$
$$dx_{nchw} = \sum_{k} \sum_{\substack{p,r:\; tp+\delta r-a = h\\ q,s:\; tq+\delta s-a = w}} w_{kcrs}\; dy_{nkpq}$$
Fused ReLU: $dy$ counts as 0 where $y \le 0$.)";
  layer.derivation =
      R"(Each product $w_{kcrs}\, x_{nchw}$ enters exactly those $y_{nkpq}$ with $tp+\delta r-a = h$ and $tq+\delta s-a = w$, with factor 1.
The derivative of a product with respect to one factor is the other, so the gradient of a number is the sum of $dy$ times the other
factor over all its uses: a weight is used at every pixel of every picture, an $x$ by every kernel element that lands on it.
With stride 1 the last sum is again a convolution, of $dy$ by the kernel turned by 180 degrees with $c$ and $k$ exchanged.
Reflected or repeated borders are further uses of the numbers they repeat: their gradients are added to those, as in pad; and so are
the $u^2$ copies of an upsampled pixel.)";
  layer.cases = {
      conv_case("1x1", {2, 5, 4, 3}, {7, 5, 1, 1}),
      conv_case("3x3 pad 1", {1, 3, 5, 7}, {4, 3, 3, 3}, {.pad = 1}),
      conv_case("3x3 no pad, no bias", {2, 2, 5, 4}, {3, 2, 3, 3}, {}, false),
      conv_case("2x2 from 17 channels", {1, 17, 3, 3}, {3, 17, 2, 2}),
      conv_case("2x2 to 17 channels", {2, 3, 4, 3}, {17, 3, 2, 2}),
      conv_case("9x9 pad 4, larger than x", {1, 1, 6, 5}, {2, 1, 9, 9}, {.pad = 4}),
      conv_case("stride 2, all rows used", {2, 2, 7, 5}, {3, 2, 3, 3}, {.stride = 2}),
      conv_case("stride 2, a row and a column left over", {1, 3, 8, 6}, {4, 3, 3, 3}, {.stride = 2}),
      conv_case("1x1 stride 2 skips pixels", {1, 4, 5, 6}, {3, 4, 1, 1}, {.stride = 2}),
      conv_case("stride 2, TensorFlow's SAME", {1, 3, 6, 8}, {4, 3, 3, 3}, {.stride = 2, .pads = Pads{0, 0, 1, 1}}),
      conv_case("asymmetric pads", {1, 2, 5, 4}, {3, 2, 3, 3}, {.pads = Pads{2, 0, 1, 3}}),
      conv_case("dilation 2", {1, 3, 7, 6}, {3, 3, 3, 3}, {.pad = 2, .dilation = 2}),
      conv_case("groups 2", {2, 4, 5, 4}, {6, 2, 3, 3}, {.pad = 1, .groups = 2}),
      conv_case("depthwise 5", {2, 5, 5, 4}, {5, 1, 3, 3}, {.pad = 1, .groups = 5}),
      conv_case("depthwise 17, stride 2", {1, 17, 4, 3}, {17, 1, 3, 3}, {.stride = 2, .pad = 1, .groups = 17}),
      conv_case("single pixel", {2, 3, 1, 1}, {4, 3, 3, 3}, {.pad = 1}),
      conv_case("reflect", {2, 3, 5, 4}, {4, 3, 3, 3}, {.pad = 1, .padding = Padding::reflect}),
      conv_case("reflect 9x9 to 17 channels", {1, 3, 6, 5}, {17, 3, 9, 9}, {.pad = 4, .padding = Padding::reflect}),
      conv_case("reflect, stride 2, 17 channels", {1, 17, 6, 7}, {5, 17, 3, 3}, {.stride = 2, .pad = 1, .padding = Padding::reflect}),
      conv_case("replicate, asymmetric, relu", {1, 4, 3, 5}, {9, 4, 3, 3}, {.pads = Pads{2, 0, 1, 4}, .padding = Padding::replicate, .relu = true}),
      conv_case("reflect 3x3, 19 to 17 channels", {2, 19, 7, 9}, {17, 19, 3, 3}, {.pad = 1, .padding = Padding::reflect}),
      conv_case("replicate 3x3, 17 to 9 channels", {1, 17, 5, 6}, {9, 17, 3, 3}, {.pad = 1, .padding = Padding::replicate}),
      conv_case("upsampled, zero pad", {2, 3, 3, 5}, {4, 3, 3, 3}, {.pad = 1, .upsample = 2}),
      conv_case("upsampled, reflect, 17 to 19 channels", {1, 17, 5, 3}, {19, 17, 3, 3},
                {.pad = 1, .padding = Padding::reflect, .upsample = 2}),
      conv_case("upsampled, reflect, stride 2", {1, 4, 3, 4}, {9, 4, 3, 3},
                {.stride = 2, .pad = 1, .padding = Padding::reflect, .upsample = 2}),
      conv_case("upsampled, replicate, asymmetric, relu", {1, 9, 3, 2}, {3, 9, 3, 3},
                {.pads = Pads{2, 0, 1, 3}, .padding = Padding::replicate, .upsample = 2, .relu = true}),
      conv_case("upsampled, one pixel, 5x5 zero pad stride 2", {2, 5, 1, 1}, {17, 5, 5, 5}, {.stride = 2, .pad = 2, .upsample = 2}),
      conv_case("upsampled, dilation 2, groups 2", {1, 4, 4, 3}, {6, 2, 3, 3}, {.pad = 2, .upsample = 2, .dilation = 2, .groups = 2}),
      conv_case("relu", {2, 3, 5, 4}, {4, 3, 3, 3}, {.pad = 1, .relu = true}),
      conv_case("relu without bias", {1, 3, 5, 4}, {5, 3, 3, 3}, {.pad = 1, .relu = true}, false),
  };
  Case oblong{"3x5, stride 2x1, pads 1x3", {activation({1, 3, 7, 6}), parameter({4, 3, 3, 5}), parameter({1, 4, 1, 1})}, {}, true};
  oblong.run = [](std::vector<Variable>& v) {
    return conv2d(v[0], v[1], v[2], ConvParams{.stride_h = 2, .pad_top = 1, .pad_left = 3, .pad_bottom = 1, .pad_right = 3}, false);
  };
  Case frozen = conv_case("relu, frozen weights", {1, 3, 5, 4}, {4, 3, 3, 3}, {.pad = 1, .relu = true});
  frozen.inputs[1] = constant(frozen.inputs[1]);
  frozen.inputs[2] = constant(frozen.inputs[2]);
  Case picture = conv_case("no gradient for x", {1, 3, 5, 4}, {4, 3, 3, 3}, {.pad = 1});
  picture.inputs[0] = constant(picture.inputs[0]);
  for (Case* c : {&oblong, &frozen, &picture}) layer.cases.push_back(*c);

  const Conv2dOptions same{.pad = 1}, same_relu{.pad = 1, .relu = true};
  const auto bench = [&](const std::string& name, Shape x, Shape weight, Conv2dOptions options) {
    for (Learns learns : {Learns::input, Learns::weight}) layer.cases.push_back(conv_bench(name, x, weight, options, learns));
  };
  bench("3x3 4x64x256x256", {4, 64, 256, 256}, {64, 64, 3, 3}, same);
  bench("3x3 4x128x128x128", {4, 128, 128, 128}, {128, 128, 3, 3}, same);
  bench("3x3 4x256x64x64", {4, 256, 64, 64}, {256, 256, 3, 3}, same);
  bench("3x3 4x512x32x32", {4, 512, 32, 32}, {512, 512, 3, 3}, same);
  bench("3x3 4x128x64x64", {4, 128, 64, 64}, {128, 128, 3, 3}, same);
  bench("3x3 relu 1x64x512x512", {1, 64, 512, 512}, {64, 64, 3, 3}, same_relu);
  bench("3x3 stride 2 4x32x256x256", {4, 32, 256, 256}, {64, 32, 3, 3}, {.stride = 2, .pad = 1});
  bench("9x9 4x3x256x256", {4, 3, 256, 256}, {32, 3, 9, 9}, {.pad = 4});
  const Padding reflect = Padding::reflect;
  bench("9x9 reflect 1x3x512x512 -> 32", {1, 3, 512, 512}, {32, 3, 9, 9}, {.pad = 4, .padding = reflect});
  bench("9x9 reflect 1x4x512x512 -> 3", {1, 4, 512, 512}, {3, 4, 9, 9}, {.pad = 4, .padding = reflect});
  bench("3x3 reflect 1x64x256x256", {1, 64, 256, 256}, {64, 64, 3, 3}, {.pad = 1, .padding = reflect});
  bench("3x3 reflect upsampled 1x64x128x128", {1, 64, 128, 128}, {64, 64, 3, 3}, {.pad = 1, .padding = reflect, .upsample = 2});
  bench("3x3 reflect stride 2 1x32x512x512", {1, 32, 512, 512}, {32, 32, 3, 3}, {.stride = 2, .pad = 1, .padding = reflect});
  return layer;
}

}  // namespace impasto
