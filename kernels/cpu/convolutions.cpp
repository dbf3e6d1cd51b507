#include "kernels/cpu/convolutions.h"

#include <omp.h>

#include "kernels/shared/convolution_passes.h"

namespace impasto {
namespace {

const float* floats(const Tensor* x) { return x ? x->data<float>() : nullptr; }

WinogradInput winograd_input(const ConvInput& in) {
  return {floats(in.scale), floats(in.shift), in.scale && in.scale->shape().n > 1, in.relu};
}

// bf16 on a processor without bf16 arithmetic: oneDNN would run its reference loops; f32 copies are far faster.
bool is_foreign(const Tensor& x) { return x.dtype() == Dtype::bf16 && !cpu_has_bf16(); }

}  // namespace

void Convolutions::forward(Tensor x, const Tensor& w, ConvParams params, ConvInput in, const ConvOutput& out, Out y) {
  const auto asked = [&] { return Convolution{params, x, y.tensor, w.shape(), options_}; };
  if (in.changes() && !forward_norms_input(asked())) {
    x = normed(backend_, x, in);
    in = {};
  }
  if (params.upsample > 1 && !forward_upsamples(asked())) {
    x = upsampled(backend_, x, params);
    params = without_upsample(params);
  }
  const bool gives_moments = forward_gives_moments(asked());
  convolve(x, w, params, in, out, y);
  if (out.mean && !gives_moments) backend_.channel_moments(y.tensor, *out.mean, *out.variance);
}

void Convolutions::backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) {
  const Convolution asked{params, dx.tensor, dy, w.shape(), options_};
  if (params.upsample > 1 && !data_gradient_upsamples(asked)) {
    Tensor wide(backend_, upsampled_shape(dx.tensor.shape(), params), dx.tensor.lanes(), dx.tensor.dtype());
    backward_data(dy, w, without_upsample(params), mask, {wide});
    return backend_.upsample_nearest_backward(wide, params.upsample, dx);
  }
  if (params.padding != Padding::zero && !data_gradient_folds_pads(asked)) {
    Tensor wide(backend_, padded_shape(dx.tensor.shape(), params), dx.tensor.lanes(), dx.tensor.dtype());
    data_gradient(dy, w, without_pads(params), mask, {wide});
    return backend_.pad_backward(wide, pads_of(params), params.padding, dx);
  }
  data_gradient(dy, w, params, mask, dx);
}

void Convolutions::backward_weights(Tensor x, const Tensor& dy, ConvParams params, ConvInput in, const Tensor* mask, Out dw) {
  const auto asked = [&] { return Convolution{params, x, dy, dw.tensor.shape(), options_}; };
  if (in.changes() && !weight_gradient_norms_input(asked())) {
    x = normed(backend_, x, in);
    in = {};
  }
  if (params.upsample > 1 && !weight_gradient_upsamples(asked())) {
    x = upsampled(backend_, x, params);
    params = without_upsample(params);
  }
  if (params.padding != Padding::zero && !weight_gradient_pads(asked())) {
    x = padded(backend_, x, params);
    params = without_pads(params);
  }
  if (winograd_serves_weight_gradient(asked())) return winograd_weights_gradient(x, dy, params, in, mask, dw);
  if (direct_serves_weight_gradient(params, x, dy, dw.tensor.shape(), options_.lanes)) return direct_weights_gradient(x, dy, params, mask, dw);
  library_weight_gradient(x, dy, params, mask, dw);
}

void Convolutions::winograd_weights_gradient(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in,
                                             const Tensor* mask, Out dw) {
  const WinogradShape shape = winograd_shape(x.shape(), dw.tensor.shape(), params);
  Tensor space = workspace(winograd_weight_gradient_workspace(shape, options_.lanes));
  if (!computes_) return;
  winograd_weight_gradient(shape, options_.lanes, x.data<float>(), winograd_input(in), dy.data<float>(), floats(mask),
                           dw.tensor.data<float>(), dw.add, space.raw(), omp_get_max_threads());
}

void Convolutions::direct_weights_gradient(const Tensor& x, const Tensor& dy, const ConvParams& params, const Tensor* mask, Out dw) {
  const int threads = omp_get_max_threads();
  const auto [shape, lanes, turned] = direct_forward(params, x, dy, dw.tensor.shape(), options_.lanes, options_.winograd);
  Tensor space = workspace(direct_weight_gradient_workspace(shape, lanes, threads));
  if (!computes_) return;
  direct_weight_gradient(shape, lanes, x.data<float>(), dy.data<float>(), floats(mask), dw.tensor.data<float>(), dw.add, space.raw(), threads);
}

void Convolutions::convolve(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) {
  const Convolution asked{params, x, y.tensor, w.shape(), options_};
  const int lanes = options_.lanes;
  if (winograd_serves(WinogradPass::forward, asked)) {
    WinogradFusion fusion{winograd_input(in), nullptr, floats(out.bias), y.add, out.relu};
    if (out.mean && forward_gives_moments(asked)) {
      fusion.mean = out.mean->data<float>();
      fusion.variance = out.variance->data<float>();
    }
    return winograd(WinogradPass::forward, winograd_shape(x.shape(), w.shape(), params), x, w, fusion, y.tensor);
  }
  if (direct_serves(params, x, y.tensor, w.shape(), lanes)) {
    return direct(direct_forward(params, x, y.tensor, w.shape(), lanes, options_.winograd), x, w, {floats(out.bias), y.add, out.relu},
                  y.tensor);
  }
  if (params.padding != Padding::zero) return convolve(padded(backend_, x, params), w, without_pads(params), in, out, y);
  library_forward(x, w, params, out, y);
}

void Convolutions::data_gradient(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) {
  const int lanes = options_.lanes;
  if (winograd_serves(WinogradPass::data_gradient, {params, dx.tensor, dy, w.shape(), options_})) {
    const WinogradFusion fusion{.mask = floats(mask), .add = dx.add};
    return winograd(WinogradPass::data_gradient, winograd_shape(dx.tensor.shape(), w.shape(), params), dy, w, fusion, dx.tensor);
  }
  if (direct_serves_data_gradient(params, dx.tensor, dy, w.shape(), lanes)) {
    const DirectFusion fusion{nullptr, dx.add, false, floats(mask)};
    return direct(direct_data_gradient(params, dx.tensor, dy, w.shape(), lanes, options_.winograd), dy, w, fusion, dx.tensor);
  }
  library_data_gradient(dy, w, params, mask, dx);
}

void Convolutions::winograd(WinogradPass pass, const WinogradShape& shape, const Tensor& x, const Tensor& w, const WinogradFusion& fusion,
                            Tensor& y) {
  const int lanes = options_.lanes, threads = omp_get_max_threads();
  const WinogradProducts products = winograd_products(options_, x.shape().c);
  const Tensor packed = w.derived(winograd_weights_key(pass, shape, products), [&] { return winograd_weights(pass, shape, products, w); });
  Tensor space = workspace(winograd_workspace(pass, shape, lanes, products, threads));
  if (computes_) winograd_convolve(pass, shape, lanes, products, x.data<float>(), packed.raw(), y.data<float>(), fusion, space.raw(), threads);
}

Tensor Convolutions::winograd_weights(WinogradPass pass, const WinogradShape& shape, WinogradProducts products, const Tensor& w) {
  Tensor weights(backend_, {1, 1, 1, int(winograd_packed_size(pass, shape, options_.lanes))});
  if (computes_) winograd_pack_weights(pass, shape, options_.lanes, w.data<float>(), weights.data<float>());
  if (products == WinogradProducts::f32) return weights;
  Tensor pairs = workspace(winograd_pairs_bytes(pass, shape, options_.lanes));
  if (computes_) winograd_pack_pairs(pass, shape, options_.lanes, weights.data<float>(), pairs.raw());
  return pairs;
}

void Convolutions::direct(const DirectConvolution& c, const Tensor& x, const Tensor& w, const DirectFusion& fusion, Tensor& y) {
  const int threads = omp_get_max_threads();
  const Tensor packed = w.derived(c.weights_key(), [&] {
    Tensor weights(backend_, {1, 1, 1, int(direct_packed_size(c.shape, c.lanes))});
    if (computes_) direct_pack_weights(c.shape, c.lanes, w.data<float>(), c.turned, weights.data<float>());
    return weights;
  });
  Tensor space = workspace(direct_workspace(c.shape, c.lanes, threads));
  if (computes_) direct_convolve(c.shape, c.lanes, x.data<float>(), packed.data<float>(), y.data<float>(), fusion, space.raw(), threads);
}

void Convolutions::library_forward(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvOutput& out, Out y) {
  const Tensor in = native(x);
  Tensor result = y.tensor;
  if (is_foreign(y.tensor)) {
    result = Tensor(backend_, y.tensor.shape(), y.tensor.lanes());
    if (y.add) backend_.convert(y.tensor, {result});
  }
  if (computes_) library_.forward(in, w, out.bias, params, out.relu, {result, y.add});
  if (is_foreign(y.tensor)) backend_.convert(result, {y.tensor});
}

void Convolutions::library_data_gradient(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) {
  const Tensor in = native(masked(backend_, dy, mask));
  const bool elsewhere = dx.add || is_foreign(dx.tensor);
  Tensor result = dx.tensor;
  if (elsewhere) result = Tensor(backend_, dx.tensor.shape(), dx.tensor.lanes(), is_foreign(dx.tensor) ? Dtype::f32 : dx.tensor.dtype());
  if (computes_) library_.backward_data(in, w, params, result);
  if (elsewhere) backend_.convert(result, dx);
}

// On f32 copies of bf16 tensors: of planar ones oneDNN has no bf16 weight gradient (seen with 1x1 kernels, AVX512_BF16, 2.6.3).
void Convolutions::library_weight_gradient(const Tensor& x, const Tensor& dy, const ConvParams& params, const Tensor* mask, Out dw) {
  const Tensor grad = in_f32(masked(backend_, dy, mask)), in = in_f32(x);
  Tensor result = dw.add ? dw.tensor.like() : dw.tensor;
  if (computes_) library_.backward_weights(in, grad, params, result);
  if (dw.add) backend_.convert(result, dw);
}

Tensor Convolutions::native(const Tensor& x) { return is_foreign(x) ? in_f32(x) : x; }

Tensor Convolutions::in_f32(const Tensor& x) {
  if (x.dtype() == Dtype::f32) return x;
  Tensor wide(backend_, x.shape(), x.lanes());
  backend_.convert(x, {wide});
  return wide;
}

}  // namespace impasto
