// Every step takes its input over and lets go of it, so that under NoGrad norms, sums and outputs work in place and nothing outlives its
// use. Norms and their ReLUs are left to the convolution that reads them (layers/deferred_norm.h), and written out only for what reads an
// activation otherwise.
#include "nets/transform.h"

#include <algorithm>

#include "layers/activations.h"
#include "layers/arithmetic.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/conv_transpose2d.h"
#include "layers/instance_norm.h"
#include "layers/pad.h"
#include "layers/upsample.h"

namespace impasto {
namespace {

using Kind = TransformLayer::Kind;

// What of a TransformNet one pass needs, and its blend.
struct Pass {
  const TransformArchitecture& architecture;
  const Parameters& parameters;
  bool trained;
  const Variable& blend;

  Variable bias(const std::string& name) const { return architecture.bias ? parameters[name + "/bias"] : Variable(); }

  // options.pad holds for all kinds of padding but TensorFlow's.
  Conv2dOptions fitted(Conv2dOptions options, const Shape& x, int kernel) const {
    if (architecture.padding == TransformPadding::same) {
      const auto total = [&](int side) { return std::max(0, ((side - 1) / options.stride) * options.stride + kernel - side); };
      const int h = total(options.upsample * x.h), w = total(options.upsample * x.w);
      options.pads = Pads{h / 2, w / 2, h - h / 2, w - w / 2};
    }
    return options;
  }

  // The convolution and its norm, which is left to what reads it.
  Normed convolution(const std::string& name, Normed x, const Conv2dOptions& options, bool normed, bool relu) const {
    const Variable& weight = parameters[name + "/weight"];
    const Conv2dOptions fit = fitted(options, x.shape(), weight.shape().h);
    if (!normed) return conv2d(std::move(x), weight, bias(name), fit);
    if (is_frozen_batch()) return norm(name, {.x = conv2d(std::move(x), weight, bias(name), fit)}, relu);
    return norm(name, measured_conv2d(std::move(x), weight, bias(name), fit), relu);
  }

  int border(const std::string& name) const { return (parameters[name + "/weight"].shape().h - 1) / 2; }

  Padding padding() const {
    if (architecture.padding == TransformPadding::reflect) return Padding::reflect;
    return architecture.padding == TransformPadding::replicate ? Padding::replicate : Padding::zero;
  }

  // To exactly stride times the size. TensorFlow cuts half of what the kernel sticks out by, Torch half the kernel.
  // An instance norm takes any bias away again; adding it would cost a pass.
  Variable transposed(const std::string& name, const Variable& x, int stride, bool normed) const {
    const Variable& weight = parameters[name + "/weight"];
    const int kernel = weight.shape().h;
    const int cut = architecture.padding == TransformPadding::same ? std::max(0, kernel - stride) / 2 : (kernel - 1) / 2;
    const bool needless = normed && !trained && architecture.norm == TransformNorm::instance;
    return conv_transpose2d(x, weight, needless ? Variable() : bias(name),
                            {.stride = stride, .pad = cut, .output_pad = stride + 2 * cut - kernel});
  }

  // Whose statistics are known before there is anything to measure.
  bool is_frozen_batch() const { return architecture.norm == TransformNorm::batch && !trained; }

  Normed norm(const std::string& name, const Measured& x, bool relu) const {
    Variable gamma = parameters[name + "/gamma"], beta = parameters[name + "/beta"];
    const double eps = architecture.eps;
    if (architecture.norm == TransformNorm::batch) {
      RunningStatistics running{parameters[name + "/running_mean"].value(), parameters[name + "/running_var"].value()};
      return trained ? deferred_batch_norm(x, gamma, beta, running, 0.1, eps, relu)
                     : deferred_batch_norm_frozen(x.x, gamma, beta, running, eps, relu);
    }
    if (architecture.styles > 0) {
      gamma = style_rows(gamma, blend);
      beta = style_rows(beta, blend);
    }
    return deferred_instance_norm(x, gamma, beta, eps, relu);
  }

  // Norms what no convolution of ours has measured.
  Normed normed_layer(const std::string& name, Variable x, bool relu) const {
    return norm(name, is_frozen_batch() ? Measured{.x = std::move(x)} : measured(std::move(x)), relu);
  }

  // Convolution, norm, ReLU, convolution, norm and perhaps ReLU; without pads where the architecture has none.
  Normed block(const std::string& name, Normed x, bool relu) const {
    const TransformPadding kind = architecture.padding;
    const int border = kind == TransformPadding::reflect_start || kind == TransformPadding::none ? 0 : 1;
    for (const char* half : {"/a", "/b"}) {
      const LayerScope scope(name + half);
      x = convolution(name + half, std::move(x), {.pad = border, .padding = padding()}, true, half[1] == 'a' || relu);
    }
    return x;
  }

  Variable residual(const std::string& name, Normed input) const {
    Variable x = written(name, std::move(input));
    Normed y = block(name, x, false);
    const LayerScope scope(name);
    const Shape s = y.shape();
    if (s != x.shape()) x = crop(x, 2, 2, s.h, s.w);
    return applied(std::move(y), x);
  }

  // For what reads an activation twice, or not by a convolution.
  static Variable written(const std::string& name, Normed x) {
    const LayerScope scope(name);
    return applied(std::move(x));
  }

  Normed layer(const std::string& name, const TransformLayer& layer, Normed x, bool last) const {
    if (layer.kind == Kind::residual) return residual(name, std::move(x));
    if (layer.kind == Kind::plain) return block(name, std::move(x), !last);
    const LayerScope scope(name);
    const bool normed = !last || architecture.norm_last;
    switch (layer.kind) {
      case Kind::down:
        return convolution(name, std::move(x), {.stride = 2, .pad = 1}, normed, !last);
      case Kind::up:
      case Kind::full_conv: {
        Variable y = transposed(name, written(name, std::move(x)), layer.stride, normed);
        return normed ? normed_layer(name, std::move(y), !last) : Normed(std::move(y));
      }
      case Kind::nearest: {
        Variable y = upsample_nearest(written(name, std::move(x)), layer.stride);
        return normed ? normed_layer(name, std::move(y), !last) : Normed(std::move(y));
      }
      case Kind::nearest_conv:
        return upsampled_convolution(name, layer.stride, std::move(x), normed, !last);
      default:
        return convolution(name, std::move(x), {.stride = layer.stride, .pad = border(name), .padding = padding()}, normed, !last);
    }
  }

  // By index where a convolution can do that.
  Normed upsampled_convolution(const std::string& name, int factor, Normed x, bool normed, bool relu) const {
    if (factor > 2) {
      x = upsample_nearest(written(name, std::move(x)), factor);
      factor = 1;
    }
    return convolution(name, std::move(x), {.pad = border(name), .padding = padding(), .upsample = factor}, normed, relu);
  }
};

bool is_uniform(const std::array<double, 3>& scale) { return scale[0] == scale[1] && scale[1] == scale[2]; }

// Channel by channel, if they differ.
Variable multiplied(Variable x, const std::array<double, 3>& scale) {
  if (is_uniform(scale)) return scale[0] == 1 ? x : impasto::scale(std::move(x), scale[0]);
  const float factors[] = {float(scale[0]), float(scale[1]), float(scale[2])};
  return multiply(x, Variable(from_host(x.backend(), {1, 3, 1, 1}, factors)));
}

// The output function, and back from what the network calls a pixel; equal scales join the offset in one pass.
Variable output(const TransformArchitecture& a, const std::array<double, 3>& scale, Variable x) {
  const LayerScope scope("output");
  if (a.output == TransformOutput::tanh) x = scaled_tanh(std::move(x), a.output_scale);
  if (a.output == TransformOutput::sigmoid) x = sigmoid(std::move(x));
  const double offset = a.output == TransformOutput::tanh ? a.output_offset : 0;
  if (offset != 0) {
    const double factor = is_uniform(scale) ? 1 / scale[0] : 1;
    x = affine(std::move(x), factor, factor * offset);
    if (is_uniform(scale)) return x;
  }
  return multiplied(std::move(x), {1 / scale[0], 1 / scale[1], 1 / scale[2]});
}

}  // namespace

TransformNet::TransformNet(Backend& backend, const TransformWeights& weights, Parameters::Use use, Learning learning)
    : source_(weights.source),
      backend_(&backend),
      architecture_(weights.architecture),
      preprocessing_(weights.preprocessing),
      styles_(weights.styles),
      trained_(use == Parameters::Use::trained) {
  architecture_.check();
  const auto use_of = [&](const std::string& name) {
    if (!trained_) return use;
    if (is_running_statistic(name)) return Parameters::Use::kept;
    const bool norm = name.ends_with("/gamma") || name.ends_with("/beta");
    return norm || learning == Learning::all ? use : Parameters::Use::frozen;
  };
  for (const auto& [name, shape] : transform_parameters(architecture_)) parameters_.declare(name, shape, use_of(name));
  parameters_.fill(backend, weights.parameters, source_, architecture_.text());
}

void TransformNet::check_input(const Variable& x, const Variable& blend) const {
  const int styles = architecture_.styles;
  if (styles > 0 && !blend.defined())
    throw UsageError(source_ + " holds " + std::to_string(styles) + " styles: say how much of each to take");
  if (styles == 0 && blend.defined()) throw UsageError(source_ + " holds one style only: there is nothing to blend");
  const Shape& s = x.shape();
  if (styles > 0 && blend.shape() != Shape{1, 1, s.n, styles})
    throw ShapeError("the blend for " + std::to_string(s.n) + " pictures in " + std::to_string(styles) + " styles must be [1, 1, " +
                     std::to_string(s.n) + ", " + std::to_string(styles) + "], not " + blend.shape().text());
  if (s.c != 3) throw ShapeError("a picture of 3 channels is needed, not x " + s.text());
  if (const int least = architecture_.least_side(); s.h < least || s.w < least)
    throw ShapeError("a picture of " + std::to_string(s.w) + "x" + std::to_string(s.h) + " pixels is too small for " + source_ +
                     ", which needs at least " + std::to_string(least) + "x" + std::to_string(least));
}

Variable TransformNet::operator()(Variable x, const Variable& blend) const {
  check_input(x, blend);
  {
    const LayerScope scope("input");
    x = multiplied(std::move(x), preprocessing_.scale);
    if (const int border = architecture_.start_pad(); border > 0) x = pad(x, border, Padding::reflect);
  }
  const Pass pass{architecture_, parameters_, trained_, blend};
  const std::vector<std::string> names = transform_layer_names(architecture_);
  Normed y = std::move(x);
  for (size_t i = 0; i < names.size(); i++) y = pass.layer(names[i], architecture_.layers[i], std::move(y), i + 1 == names.size());
  return output(architecture_, preprocessing_.scale, Pass::written(names.back(), std::move(y)));
}

}  // namespace impasto
