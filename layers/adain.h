// Adaptive instance normalisation: one picture's features with the statistics of another's.
#pragma once
#include "engine/variable.h"

namespace impasto {

inline constexpr double adain_eps = 1e-5;

/// y = deviation * (x - mean_x) / sqrt(var_x + eps) + mean
///   x, y: [N, C, H, W];  mean, deviation: [1, C] or [N, C] planar, the style's: a row for each image;  var_x biased
///   dx = deviation * rstd * (dy - mean(dy) - xhat * mean(dy * xhat)),   dmean = sum(dy),   ddeviation = sum(dy * xhat)
///   with xhat = (x - mean_x) * rstd, rstd = 1 / sqrt(var_x + eps): instance norm, whose gamma and beta are a style's statistics.
/// Throws ShapeError if mean or deviation do not fit.   Huang and Belongie 2017 (arXiv 1703.06868).
Variable adain(const Variable& x, const Variable& mean, const Variable& deviation);

/// The same from the style's features [1 or N, C, h, w], of any size: mean = mean_s, deviation = sqrt(var_s + eps), biased.
///   dstyle = dmean / (h w) + ddeviation * (style - mean_s) / (h w deviation)
Variable adain(const Variable& x, const Variable& style);

}  // namespace impasto
