// The arithmetic of the reference backend as functions from arrays to arrays. What each computes is said in
// engine/backend.h under the same name; a gradient is told the shape of what it is the gradient of, where its other
// arguments leave that open. Each linear primitive enumerates its products once, and its gradient walks the same list.
#pragma once
#include "engine/backend.h"
#include "kernels/reference/array.h"

namespace impasto::reference {

// conv.cpp
/// x: what ConvInput makes of it, by scale_shift. before: what y held, if it is added to.
Array conv2d(const Array& x, const Array& w, const Optional& bias, const ConvParams& params, const Optional& before, bool relu);
Array conv2d_backward_data(const Array& dy, const Array& w, const ConvParams& params, const Optional& mask, const Shape& x);
Array conv2d_backward_weights(const Array& x, const Array& dy, const ConvParams& params, const Optional& mask, const Shape& w);

// elementwise.cpp
Array unary(Unary op, double a, double b, const Array& x);
Array unary_backward(Unary op, double a, double b, const Array& x, const Array& dy);
Array binary(Binary op, double scale, const Array& a, const Array& b, const Shape& y);
Array reduce_sum(const Array& x, double scale, const Shape& y);

// structure.cpp
Array pad(const Array& x, const Pads& pads, Padding kind);
Array pad_backward(const Array& dy, const Pads& pads, Padding kind, const Shape& x);
Array copy_channels(const Array& x, int x_begin, Array y, bool add, int y_begin, int count);

// resample.cpp
Array max_pool(const Array& x, const PoolParams& params);
Array max_pool_backward(const Array& x, const Array& dy, const PoolParams& params);
Array average_pool(const Array& x, const PoolParams& params);
Array average_pool_backward(const Array& dy, const PoolParams& params, const Shape& x);
Array upsample_nearest(const Array& x, int factor);
Array upsample_nearest_backward(const Array& dy, int factor);
Array resize_bilinear(const Array& x, bool align_corners, const Shape& y);
Array resize_bilinear_backward(const Array& dy, bool align_corners, const Shape& x);

// norm.cpp
struct Statistics {
  Array mean, rstd;  // [N, C, 1, 1] or [1, C, 1, 1]
};
/// For scopes image and batch.
Statistics statistics(NormScope scope, const Array& x, double eps);
Array norm(NormScope scope, const Statistics& of_x, const Array& x, const Optional& gamma, const Optional& beta, bool relu);
/// dy where norm with the ReLU is positive, else 0.
Array norm_backward_relu(NormScope scope, const Statistics& of_x, const Array& x, const Array& dy, const Optional& gamma,
                         const Optional& beta);
Array norm_backward_x(NormScope scope, const Statistics& of_x, const Array& x, const Array& dy, const Optional& gamma);
Array norm_backward_gamma(const Statistics& of_x, const Array& x, const Array& dy, const Shape& gamma);
Array norm_backward_beta(const Array& dy, const Shape& beta);
struct Factors {
  Array rstd, scale, shift;
};
Factors norm_factors(const Array& mean, const Array& variance, const Optional& gamma, const Optional& beta, double eps);
Array scale_shift(const Array& x, const Optional& scale, const Optional& shift, bool relu, const Optional& shortcut);
/// Means over H and W, [N, C, 1, 1], and the mean squared distances from them.
Array channel_mean(const Array& x);
Array channel_variance(const Array& x, const Array& mean);
Array channel_moments_backward(const Array& x, const Array& mean, const Optional& dmean, const Optional& dvariance);

// matrix.cpp
Array gram(const Array& x, const Optional& mask, double scale);
Array gram_backward(const Array& x, const Optional& mask, const Array& dy, double scale);
Array matmul(const Array& a, bool transpose_a, const Array& b, bool transpose_b, double scale);

// loss.cpp
Array total_variation(Variation kind, const Array& x, double scale);
Array total_variation_backward(Variation kind, const Array& x, const Array& dy, double scale);
Array loss(Loss kind, const Array& x, const Array& target, const Optional& weight, double scale);
Array loss_backward(Loss kind, const Array& x, const Array& target, const Optional& weight, const Array& dy, double scale);
Array ranking(const Array& x, const Array& pairs, double scale);
Array ranking_backward(const Array& x, const Array& pairs, const Array& dy, double scale);

// optimiser.cpp, in place
void adam_step(const AdamFactors& factors, double step_size, double root_scale, const Array& g, Array& p, Array& m, Array& v);
void sgd_step(double rate, double momentum, const Array& g, Array& p, Array& velocity);

}  // namespace impasto::reference
