#include "kernels/cuda/channels_last_convolutions.h"

#include "kernels/shared/convolution_passes.h"

namespace impasto {
namespace {

bool is_native(const Tensor& x, Dtype dtype) { return x.lanes() == padded_channels(x.shape().c) && x.dtype() == dtype; }

/// Pads that differ from side to side keep f32 without TF32 from all but cuDNN's slowest engine on compute capability 8.0.
bool has_plain_pads(const ConvParams& p) { return p.padding == Padding::zero && p.pad_top == p.pad_bottom && p.pad_left == p.pad_right; }

WeightLayout layout_of(const Shape& w, const ConvParams& params) { return weight_layout(w.n, w.c, w.h, w.w, params.groups); }

}  // namespace

void ChannelsLastConvolutions::forward(Tensor x, const Tensor& w, ConvParams params, const ConvInput& in, const ConvOutput& out, Out y) {
  const Dtype dtype = y.tensor.dtype();
  x = native(with_borders(std::move(x), params, in), dtype);
  const WeightLayout layout = layout_of(w.shape(), params);
  Tensor packed = packed_weights(w, layout, dtype);
  const bool elsewhere = y.add || !is_native(y.tensor, dtype);
  Tensor result = elsewhere ? Tensor(backend_, y.tensor.shape(), layout.packed_k, dtype) : y.tensor;

  ConvolutionKey asked = key(ConvolutionKind::forward, x.shape(), layout, params, dtype);
  asked.relu = out.relu && !y.add;
  asked.bias = out.bias || asked.relu;
  Tensor bias;
  if (asked.bias) bias = packed_bias(out.bias, layout.packed_k, dtype);
  engine_.run(asked, {x.raw(), packed.raw(), asked.bias ? bias.raw() : nullptr, result.raw()});

  if (elsewhere) backend_.convert(result, y);
  if (out.relu && y.add) backend_.unary(Unary::relu, 0, 0, y.tensor, y.tensor);
  if (out.mean) backend_.channel_moments(y.tensor, *out.mean, *out.variance);
}

void ChannelsLastConvolutions::backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) {
  const Shape shape = dx.tensor.shape();
  if (params.upsample > 1) {
    Tensor wide(backend_, upsampled_shape(shape, params), dx.tensor.lanes(), dx.tensor.dtype());
    backward_data(dy, w, without_upsample(params), mask, {wide});
    return backend_.upsample_nearest_backward(wide, params.upsample, dx);
  }
  if (!has_plain_pads(params)) {
    Tensor wide(backend_, padded_shape(shape, params), dx.tensor.lanes(), dx.tensor.dtype());
    backward_data(dy, w, without_pads(params), mask, {wide});
    return backend_.pad_backward(wide, pads_of(params), params.padding, dx);
  }
  const Dtype dtype = dy.dtype();
  Tensor grad = native(masked(backend_, dy, mask), dtype);
  const WeightLayout layout = layout_of(w.shape(), params);
  Tensor packed = packed_weights(w, layout, dtype);
  const bool elsewhere = dx.add || !is_native(dx.tensor, dtype);
  Tensor result = elsewhere ? Tensor(backend_, shape, padded_channels(shape.c), dtype) : dx.tensor;
  engine_.run(key(ConvolutionKind::data_gradient, shape, layout, params, dtype), {result.raw(), packed.raw(), nullptr, grad.raw()});
  if (elsewhere) backend_.convert(result, dx);
}

void ChannelsLastConvolutions::backward_weights(Tensor x, const Tensor& dy, ConvParams params, const ConvInput& in, const Tensor* mask,
                                                Out dw) {
  const Dtype dtype = dy.dtype();
  x = native(with_borders(std::move(x), params, in), dtype);
  Tensor grad = native(masked(backend_, dy, mask), dtype);
  const WeightLayout layout = layout_of(dw.tensor.shape(), params);
  Tensor packed(backend_, {1, 1, 1, int(layout.packed_size())}, 1, dtype);
  engine_.run(key(ConvolutionKind::weight_gradient, x.shape(), layout, params, dtype), {x.raw(), packed.raw(), nullptr, grad.raw()});
  engine_.unpack(layout, packed, dw);
}

void ChannelsLastConvolutions::gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) {
  const Shape s = x.shape();
  Tensor features = native(x, Dtype::f32);
  if (mask) {
    Tensor seen = features.like();
    backend_.binary(Binary::multiply, 1, features, *mask, {seen});
    features = seen;
  }
  const WeightLayout layout = weight_layout(s.c, s.c, 1, 1, 1);
  Tensor packed(backend_, {1, 1, 1, int(layout.packed_size())});
  for (int n = 0; n < s.n; n++) {
    Tensor image = features.images(n, 1), matrix = y.images(n, 1).reshaped({s.c, s.c, 1, 1});
    ConvolutionKey asked = key(ConvolutionKind::weight_gradient, image.shape(), layout, {}, Dtype::f32);
    asked.tf32 = asked.tf32 || x.dtype() == Dtype::bf16;
    engine_.run(asked, {image.raw(), packed.raw(), nullptr, image.raw()});
    engine_.unpack(layout, packed, {matrix});
  }
  backend_.unary(Unary::affine, scale, 0, y, y);
}

void ChannelsLastConvolutions::gram_backward(const Tensor& x, const Tensor* mask, const Tensor& symmetric, Out dx) {
  const Shape s = x.shape();
  Tensor product = mask ? dx.tensor.like() : dx.tensor;
  for (int n = 0; n < s.n; n++) {
    Tensor image = product.images(n, 1);
    forward(x.images(n, 1), symmetric.images(n, 1).reshaped({s.c, s.c, 1, 1}), {}, {}, {}, {image, dx.add && !mask});
  }
  if (!mask) return;
  Tensor square = mask->like();
  backend_.binary(Binary::multiply, 1, *mask, *mask, {square});
  backend_.binary(Binary::multiply, 1, product, square, dx);
}

/// x as a plain convolution reads it; takes from params what is done with that.
Tensor ChannelsLastConvolutions::with_borders(Tensor x, ConvParams& params, const ConvInput& in) {
  if (in.changes()) x = normed(backend_, x, in);
  if (params.upsample > 1) x = upsampled(backend_, x, params);
  params = without_upsample(params);
  if (has_plain_pads(params)) return x;
  x = padded(backend_, x, params);
  params = without_pads(params);
  return x;
}

Tensor ChannelsLastConvolutions::native(const Tensor& x, Dtype dtype) {
  if (is_native(x, dtype)) return x;
  Tensor y(backend_, x.shape(), padded_channels(x.shape().c), dtype);
  backend_.convert(x, {y});
  return y;
}

Tensor ChannelsLastConvolutions::packed_weights(const Tensor& w, const WeightLayout& layout, Dtype dtype) {
  const std::string name = std::string("channels last ") + name_of(dtype) + ' ' + std::to_string(layout.packed_groups);
  return w.derived(name, [&] {
    Tensor packed(backend_, {1, 1, 1, int(layout.packed_size())}, 1, dtype);
    engine_.pack(layout, w, packed);
    return packed;
  });
}

/// In the dtype of the activations, since cuDNN has no engine that adds f32 to bf16. Zeros for no bias: it has none for a ReLU alone.
Tensor ChannelsLastConvolutions::packed_bias(const Tensor* bias, int channels, Dtype dtype) {
  if (bias) return bias->derived(std::string("channels last ") + name_of(dtype), [&] { return native(*bias, dtype); });
  Tensor zeros(backend_, {1, channels, 1, 1}, channels, dtype);
  backend_.fill(zeros, 0);
  return zeros;
}

ConvolutionKey ChannelsLastConvolutions::key(ConvolutionKind kind, const Shape& x, const WeightLayout& layout, const ConvParams& p,
                                             Dtype dtype) const {
  return {.kind = kind,
          .n = x.n,
          .c = padded_channels(x.c),
          .h = x.h,
          .w = x.w,
          .k = layout.packed_k,
          .r = layout.r,
          .s = layout.s,
          .stride_h = p.stride_h,
          .stride_w = p.stride_w,
          .pad_top = p.pad_top,
          .pad_left = p.pad_left,
          .pad_bottom = p.pad_bottom,
          .pad_right = p.pad_right,
          .dilation_h = p.dilation_h,
          .dilation_w = p.dilation_w,
          .groups = layout.packed_groups,
          .dtype = dtype,
          .tf32 = numbers_.tf32 && dtype == Dtype::f32,
          .deterministic = numbers_.deterministic};
}

}  // namespace impasto
