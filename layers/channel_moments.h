// Mean, variance and standard deviation of each channel of each image: what AdaIN exchanges, and a style loss of its own.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// Both [N, C, 1, 1] planar.
struct ChannelMoments {
  Variable mean, variance;
};

/// One pass for both.   x: [N, C, H, W], P = H W;  the variance is biased (divided by P)
///   mean = sum(x) / P,              dx = dmean / P
///   variance = sum((x - mean)^2) / P,   dx = dvariance * 2 (x - mean) / P
ChannelMoments channel_moments(const Variable& x);

/// The mean alone.
Variable channel_mean(const Variable& x);

/// std = sqrt(var * k + eps), k = P / (P - 1) if unbiased, else 1.   dx = dstd * k (x - mean) / (P std)
/// With eps = 0 a constant channel has an infinite gradient. Throws ShapeError if unbiased and P = 1.
/// AdaIN: Huang, Belongie 2017 (arXiv 1703.06868); unbiased as in naoto0804/pytorch-AdaIN.
Variable channel_std(const Variable& x, double eps = 1e-5, bool unbiased = false);
/// The same from a variance at hand; pixels = H W of the map it was taken from.
Variable channel_std(const ChannelMoments& moments, double pixels, double eps = 1e-5, bool unbiased = false);

}  // namespace impasto
