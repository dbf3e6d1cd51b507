#include "engine/decorator.h"

namespace impasto {

void DecoratorBackend::upload(const float* host, Tensor& y) {
  around({"upload", {}, {&y}}, [&] { inner_.upload(host, y); });
}

void DecoratorBackend::download(const Tensor& x, void* host) {
  around({"download", {&x}, {}}, [&] { inner_.download(x, host); });
}

void DecoratorBackend::fill(Tensor& y, double value) {
  around({"fill", {}, {&y}}, [&] { inner_.fill(y, value); });
}

void DecoratorBackend::convert(const Tensor& x, Out y) {
  around({"convert", {&x}, {&y.tensor}}, [&] { inner_.convert(x, y); });
}

void DecoratorBackend::conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out,
                              Out y) {
  around({"conv2d", {&x, &w, in.scale, in.shift, out.bias}, {&y.tensor, out.mean, out.variance}},
         [&] { inner_.conv2d(x, w, params, in, out, y); });
}

void DecoratorBackend::conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) {
  around({"conv2d_backward_data", {&dy, &w, mask}, {&dx.tensor}}, [&] { inner_.conv2d_backward_data(dy, w, params, mask, dx); });
}

void DecoratorBackend::conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in,
                                               const Tensor* mask, Out dw) {
  around({"conv2d_backward_weights", {&x, &dy, in.scale, in.shift, mask}, {&dw.tensor}},
         [&] { inner_.conv2d_backward_weights(x, dy, params, in, mask, dw); });
}

void DecoratorBackend::unary(Unary op, double a, double b, const Tensor& x, Tensor& y) {
  around({"unary", {&x}, {&y}}, [&] { inner_.unary(op, a, b, x, y); });
}

void DecoratorBackend::unary_backward(Unary op, double a, double b, const Tensor& x, const Tensor& y, const Tensor& dy, Out dx) {
  around({"unary_backward", {&x, &y, &dy}, {&dx.tensor}}, [&] { inner_.unary_backward(op, a, b, x, y, dy, dx); });
}

void DecoratorBackend::binary(Binary op, double scale, const Tensor& a, const Tensor& b, Out y) {
  around({"binary", {&a, &b}, {&y.tensor}}, [&] { inner_.binary(op, scale, a, b, y); });
}

void DecoratorBackend::reduce_sum(const Tensor& x, double scale, Out y) {
  around({"reduce_sum", {&x}, {&y.tensor}}, [&] { inner_.reduce_sum(x, scale, y); });
}

void DecoratorBackend::pad(const Tensor& x, const Pads& pads, Padding kind, Tensor& y) {
  around({"pad", {&x}, {&y}}, [&] { inner_.pad(x, pads, kind, y); });
}

void DecoratorBackend::pad_backward(const Tensor& dy, const Pads& pads, Padding kind, Out dx) {
  around({"pad_backward", {&dy}, {&dx.tensor}}, [&] { inner_.pad_backward(dy, pads, kind, dx); });
}

void DecoratorBackend::copy_channels(const Tensor& x, int x_begin, Out y, int y_begin, int count) {
  around({"copy_channels", {&x}, {&y.tensor}}, [&] { inner_.copy_channels(x, x_begin, y, y_begin, count); });
}

void DecoratorBackend::max_pool(const Tensor& x, const PoolParams& params, Tensor& y) {
  around({"max_pool", {&x}, {&y}}, [&] { inner_.max_pool(x, params, y); });
}

void DecoratorBackend::max_pool_backward(const Tensor& x, const Tensor& y, const Tensor& dy, const PoolParams& params, Out dx) {
  around({"max_pool_backward", {&x, &y, &dy}, {&dx.tensor}}, [&] { inner_.max_pool_backward(x, y, dy, params, dx); });
}

void DecoratorBackend::average_pool(const Tensor& x, const PoolParams& params, Tensor& y) {
  around({"average_pool", {&x}, {&y}}, [&] { inner_.average_pool(x, params, y); });
}

void DecoratorBackend::average_pool_backward(const Tensor& dy, const PoolParams& params, Out dx) {
  around({"average_pool_backward", {&dy}, {&dx.tensor}}, [&] { inner_.average_pool_backward(dy, params, dx); });
}

void DecoratorBackend::upsample_nearest(const Tensor& x, int factor, Tensor& y) {
  around({"upsample_nearest", {&x}, {&y}}, [&] { inner_.upsample_nearest(x, factor, y); });
}

void DecoratorBackend::upsample_nearest_backward(const Tensor& dy, int factor, Out dx) {
  around({"upsample_nearest_backward", {&dy}, {&dx.tensor}}, [&] { inner_.upsample_nearest_backward(dy, factor, dx); });
}

void DecoratorBackend::resize_bilinear(const Tensor& x, bool align_corners, Tensor& y) {
  around({"resize_bilinear", {&x}, {&y}}, [&] { inner_.resize_bilinear(x, align_corners, y); });
}

void DecoratorBackend::resize_bilinear_backward(const Tensor& dy, bool align_corners, Out dx) {
  around({"resize_bilinear_backward", {&dy}, {&dx.tensor}}, [&] { inner_.resize_bilinear_backward(dy, align_corners, dx); });
}

void DecoratorBackend::norm(NormScope scope, const Tensor& x, const Tensor* gamma, const Tensor* beta, double eps, bool relu,
                            Tensor& mean, Tensor& rstd, Tensor& y) {
  around({"norm", {&x, gamma, beta}, {&mean, &rstd, &y}}, [&] { inner_.norm(scope, x, gamma, beta, eps, relu, mean, rstd, y); });
}

void DecoratorBackend::norm_backward(NormScope scope, const Tensor& x, const Tensor& dy, const Tensor* gamma, const Tensor* beta,
                                     const Tensor& mean, const Tensor& rstd, bool relu, Out* dx, Out* dgamma, Out* dbeta) {
  around({"norm_backward",
          {&x, &dy, gamma, beta, &mean, &rstd},
          {dx ? &dx->tensor : nullptr, dgamma ? &dgamma->tensor : nullptr, dbeta ? &dbeta->tensor : nullptr}},
         [&] { inner_.norm_backward(scope, x, dy, gamma, beta, mean, rstd, relu, dx, dgamma, dbeta); });
}

void DecoratorBackend::norm_factors(const Tensor& mean, const Tensor& variance, const Tensor* gamma, const Tensor* beta, double eps,
                                    Tensor& rstd, Tensor& scale, Tensor& shift) {
  around({"norm_factors", {&mean, &variance, gamma, beta}, {&rstd, &scale, &shift}},
         [&] { inner_.norm_factors(mean, variance, gamma, beta, eps, rstd, scale, shift); });
}

void DecoratorBackend::scale_shift(const Tensor& x, const Tensor* scale, const Tensor* shift, bool relu, const Tensor* shortcut, Tensor& y) {
  around({"scale_shift", {&x, scale, shift, shortcut}, {&y}}, [&] { inner_.scale_shift(x, scale, shift, relu, shortcut, y); });
}

void DecoratorBackend::channel_moments(const Tensor& x, Tensor& mean, Tensor& variance) {
  around({"channel_moments", {&x}, {&mean, &variance}}, [&] { inner_.channel_moments(x, mean, variance); });
}

void DecoratorBackend::channel_moments_backward(const Tensor& x, const Tensor& mean, const Tensor* dmean, const Tensor* dvariance, Out dx) {
  around({"channel_moments_backward", {&x, &mean, dmean, dvariance}, {&dx.tensor}},
         [&] { inner_.channel_moments_backward(x, mean, dmean, dvariance, dx); });
}

void DecoratorBackend::gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) {
  around({"gram", {&x, mask}, {&y}}, [&] { inner_.gram(x, mask, scale, y); });
}

void DecoratorBackend::gram_backward(const Tensor& x, const Tensor* mask, const Tensor& dy, double scale, Out dx) {
  around({"gram_backward", {&x, mask, &dy}, {&dx.tensor}}, [&] { inner_.gram_backward(x, mask, dy, scale, dx); });
}

void DecoratorBackend::matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, double scale, Out y) {
  around({"matmul", {&a, &b}, {&y.tensor}}, [&] { inner_.matmul(a, transpose_a, b, transpose_b, scale, y); });
}

void DecoratorBackend::total_variation(Variation kind, const Tensor& x, double scale, Tensor& y) {
  around({"total_variation", {&x}, {&y}}, [&] { inner_.total_variation(kind, x, scale, y); });
}

void DecoratorBackend::total_variation_backward(Variation kind, const Tensor& x, const Tensor& dy, double scale, Out dx) {
  around({"total_variation_backward", {&x, &dy}, {&dx.tensor}}, [&] { inner_.total_variation_backward(kind, x, dy, scale, dx); });
}

void DecoratorBackend::ranking(const Tensor& x, const Tensor& pairs, double scale, Tensor& y) {
  around({"ranking", {&x, &pairs}, {&y}}, [&] { inner_.ranking(x, pairs, scale, y); });
}

void DecoratorBackend::ranking_backward(const Tensor& x, const Tensor& pairs, const Tensor& dy, double scale, Out dx) {
  around({"ranking_backward", {&x, &pairs, &dy}, {&dx.tensor}}, [&] { inner_.ranking_backward(x, pairs, dy, scale, dx); });
}

void DecoratorBackend::loss(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, double scale, Tensor& y) {
  around({"loss", {&x, &target, weight}, {&y}}, [&] { inner_.loss(kind, x, target, weight, scale, y); });
}

void DecoratorBackend::loss_backward(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, const Tensor& dy, double scale,
                                     Out dx) {
  around({"loss_backward", {&x, &target, weight, &dy}, {&dx.tensor}},
         [&] { inner_.loss_backward(kind, x, target, weight, dy, scale, dx); });
}

void DecoratorBackend::adam_step(const AdamFactors& factors, const Tensor& step_size, const Tensor& root_scale,
                                 std::span<const AdamParameter> parameters) {
  Call call{"adam_step", {&step_size, &root_scale}, {}};
  for (const AdamParameter& each : parameters) {
    call.reads.push_back(each.g);
    call.writes.insert(call.writes.end(), {each.p, each.m, each.v});
  }
  around(call, [&] { inner_.adam_step(factors, step_size, root_scale, parameters); });
}

void DecoratorBackend::sgd_step(double rate, double momentum, const Tensor& g, Tensor& p, Tensor& velocity) {
  around({"sgd_step", {&g}, {&p, &velocity}}, [&] { inner_.sgd_step(rate, momentum, g, p, velocity); });
}

void DecoratorBackend::random_uniform(uint64_t key, uint64_t offset, Tensor& y) {
  around({"random_uniform", {}, {&y}}, [&] { inner_.random_uniform(key, offset, y); });
}

void DecoratorBackend::random_normal(uint64_t key, uint64_t offset, Tensor& y) {
  around({"random_normal", {}, {&y}}, [&] { inner_.random_normal(key, offset, y); });
}

}  // namespace impasto
