// Batch normalisation: in training by the batch's own statistics, at test time by the running ones.
#pragma once
#include "layers/deferred_norm.h"

namespace impasto {

/// What training remembers for test time. Both [1, C, 1, 1] planar; start with zeros and ones.
struct RunningStatistics {
  Tensor mean, variance;
};

/// Training.   x, y: [N, C, H, W];  gamma, beta: [1, C], each may be undefined (then 1 and 0)
///   y  = gamma * xhat + beta,   xhat = (x - mean) * rstd,   rstd = 1 / sqrt(var + eps)
///   mean and var (biased) are those of the M = N H W numbers of one channel in the whole batch.
///   running mean     <- (1 - momentum) * running mean     + momentum * mean               (in place)
///   running variance <- (1 - momentum) * running variance + momentum * var * M / (M - 1)  (unbiased, as Torch and Keras' fused form)
/// Gradient, with the means over the same M numbers:
///   dx = gamma * rstd * (dy - mean(dy) - xhat * mean(dy * xhat)),   dgamma = sum(dy * xhat),   dbeta = sum(dy)
/// relu: y = max(y, 0) in the same pass, and dy counts as 0 where y <= 0.
/// Throws ShapeError if gamma, beta or the running statistics do not fit, or M = 1.   Ioffe, Szegedy 2015 (arXiv 1502.03167).
Variable batch_norm(const Variable& x, const Variable& gamma, const Variable& beta, RunningStatistics& running, double momentum = 0.1,
                    double eps = 1e-5, bool relu = false);
/// The same, still to be applied (layers/deferred_norm.h); the batch's moments are put together from those of its images.
Normed deferred_batch_norm(const Measured& x, const Variable& gamma, const Variable& beta, RunningStatistics& running,
                           double momentum = 0.1, double eps = 1e-5, bool relu = false);

/// Test time, and frozen networks: mean and variance are constants, so this is a multiplication and an addition per channel.
///   dx = gamma * rstd * dy,   dgamma = sum(dy * xhat),   dbeta = sum(dy);   relu as above
/// Throws ShapeError as above.
Variable batch_norm_frozen(Variable x, const Variable& gamma, const Variable& beta, const RunningStatistics& running, double eps = 1e-5,
                           bool relu = false);
Normed deferred_batch_norm_frozen(Variable x, const Variable& gamma, const Variable& beta, const RunningStatistics& running,
                                  double eps = 1e-5, bool relu = false);

}  // namespace impasto
