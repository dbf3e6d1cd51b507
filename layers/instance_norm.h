// Instance normalisation, and its conditional form in which every style has its own gamma and beta.
#pragma once
#include "layers/deferred_norm.h"

namespace impasto {

/// x, y: [N, C, H, W];  gamma, beta: [1, C] or [N, C] (a row for each image), each may be undefined (then 1 and 0)
///   y  = gamma * xhat + beta (relu: max of that and 0),   xhat = (x - mean) * rstd,   rstd = 1 / sqrt(var + eps)
///   mean and var (biased) are those of the H W pixels of one channel of one image, at test time too.
/// Gradient, with the means over the same pixels:
///   dx = gamma * rstd * (dy - mean(dy) - xhat * mean(dy * xhat)),   dgamma = sum(dy * xhat),   dbeta = sum(dy)
///   relu: dy counts as 0 where y <= 0.
///   (a [1, C] gamma collects the sums of all images). Where it comes from: moving all pixels alike, or stretching them
///   about their mean, changes no xhat, so dx has neither a mean nor a part along xhat.
/// One pixel (H = W = 1) is legal: xhat = 0, y = beta, dx = 0.
/// Throws ShapeError if gamma or beta do not fit.   Ulyanov, Vedaldi, Lempitsky 2016 (arXiv 1607.08022).
Variable instance_norm(Variable x, const Variable& gamma, const Variable& beta, double eps = 1e-5, bool relu = false);
/// The same, still to be applied: by the convolution that reads it, or by applied(). gamma and beta may differ in rows.
Normed deferred_instance_norm(const Measured& x, const Variable& gamma, const Variable& beta, double eps = 1e-5, bool relu = false);

/// The gamma (or beta) of each image of a batch: table [1, 1, S, C] holds a row for each of S styles, weights
/// [1, 1, N, S] a row for each image, one-hot for one style or a blend that sums to 1.
///   rows [N, C, 1, 1] = weights table;   dtable = weights^T drows,   dweights = drows table^T
/// So conditional instance norm is instance_norm(x, style_rows(gammas, w), style_rows(betas, w)).
/// Throws ShapeError if S differs.   Dumoulin, Shlens, Kudlur 2017 (arXiv 1610.07629).
Variable style_rows(const Variable& table, const Variable& weights);

}  // namespace impasto
