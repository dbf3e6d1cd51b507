// Normalisation: y = gamma * xhat + beta, xhat = (x - mean) * rstd, and the moments of single channels.
//   dx     = rstd * (g - mean(g) - xhat * mean(g * xhat)),  g = gamma * dy; means over what the statistics were taken of
//   dgamma = sum(dy * xhat),  dbeta = sum(dy)
// The variance is biased and taken about the mean. Frozen statistics are constants: dx = rstd * g.
#include <algorithm>
#include <cmath>

#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

Shape per_channel(NormScope scope, const Shape& x) { return {scope == NormScope::image ? x.n : 1, x.c, 1, 1}; }

// The mean of x over everything that shares an element of `shape`.
Array mean_over(const Array& x, const Shape& shape) { return reduce_sum(x, double(shape.elements()) / double(x.shape.elements()), shape); }

Array variance_about(const Array& mean, const Array& x) {
  const Array squares = tabulate(x.shape, [&](int n, int c, int h, int w) {
    const double distance = x(n, c, h, w) - mean.repeated(n, c, 0, 0);
    return distance * distance;
  });
  return mean_over(squares, mean.shape);
}

Array xhat(const Statistics& of_x, const Array& x) {
  return tabulate(x.shape, [&](int n, int c, int h, int w) {
    return (x(n, c, h, w) - of_x.mean.repeated(n, c, 0, 0)) * of_x.rstd.repeated(n, c, 0, 0);
  });
}

Array product(const Array& a, const Array& b) { return binary(Binary::multiply, 1, a, b, a.shape); }

void require_row(const std::string& name, const Shape& row, const Shape& x) {
  require((row == Shape{1, x.c, 1, 1} || row == Shape{x.n, x.c, 1, 1}),
          name + ": " + row.text() + " does not match the channels of " + x.text());
}

void require_statistics(const std::string& name, NormScope scope, const Statistics& of_x, const Shape& x) {
  const Shape rows = per_channel(scope, x);
  require(of_x.mean.shape == rows && of_x.rstd.shape == rows,
          name + ": mean " + of_x.mean.shape.text() + " and rstd " + of_x.rstd.shape.text() + " must be " + rows.text());
}

}  // namespace

Statistics statistics(NormScope scope, const Array& x, double eps) {
  Array mean = mean_over(x, per_channel(scope, x.shape));
  Array rstd = variance_about(mean, x);
  for (double& value : rstd.values) value = 1 / std::sqrt(value + eps);
  return {mean, rstd};
}

Array norm(NormScope scope, const Statistics& of_x, const Array& x, const Optional& gamma, const Optional& beta, bool relu) {
  require_statistics("norm", scope, of_x, x.shape);
  if (gamma) require_row("norm", gamma->shape, x.shape);
  if (beta) require_row("norm", beta->shape, x.shape);
  Array y = xhat(of_x, x);
  each(y.shape, [&](int n, int c, int h, int w) {
    if (gamma) y(n, c, h, w) *= gamma->repeated(n, c, 0, 0);
    if (beta) y(n, c, h, w) += beta->repeated(n, c, 0, 0);
    if (relu && y(n, c, h, w) < 0) y(n, c, h, w) = 0;
  });
  return y;
}

Array norm_backward_relu(NormScope scope, const Statistics& of_x, const Array& x, const Array& dy, const Optional& gamma,
                         const Optional& beta) {
  require(x.shape == dy.shape, "norm_backward: x is " + x.shape.text() + ", dy " + dy.shape.text());
  const Array y = norm(scope, of_x, x, gamma, beta, false);
  return tabulate(dy.shape, [&](int n, int c, int h, int w) { return y(n, c, h, w) > 0 ? dy(n, c, h, w) : 0; });
}

Array norm_backward_x(NormScope scope, const Statistics& of_x, const Array& x, const Array& dy, const Optional& gamma) {
  require(x.shape == dy.shape, "norm_backward: x is " + x.shape.text() + ", dy " + dy.shape.text());
  if (gamma) require_row("norm_backward", gamma->shape, x.shape);
  require_statistics("norm_backward", scope, of_x, x.shape);
  const Array g = gamma ? product(dy, *gamma) : dy;
  if (scope == NormScope::frozen) return product(g, of_x.rstd);
  const Array normal = xhat(of_x, x);
  const Shape& rows = of_x.mean.shape;
  const Array mean_g = mean_over(g, rows), mean_g_xhat = mean_over(product(g, normal), rows);
  return tabulate(x.shape, [&](int n, int c, int h, int w) {
    const double along_x = normal(n, c, h, w) * mean_g_xhat.repeated(n, c, 0, 0);
    return of_x.rstd.repeated(n, c, 0, 0) * (g(n, c, h, w) - mean_g.repeated(n, c, 0, 0) - along_x);
  });
}

Array norm_backward_gamma(const Statistics& of_x, const Array& x, const Array& dy, const Shape& gamma) {
  require_row("norm_backward", gamma, x.shape);
  return reduce_sum(product(dy, xhat(of_x, x)), 1, gamma);
}

Array norm_backward_beta(const Array& dy, const Shape& beta) {
  require_row("norm_backward", beta, dy.shape);
  return reduce_sum(dy, 1, beta);
}

Factors norm_factors(const Array& mean, const Array& variance, const Optional& gamma, const Optional& beta, double eps) {
  require(mean.shape == variance.shape, "norm_factors: the mean is " + mean.shape.text() + ", the variance " + variance.shape.text());
  const Shape wider{std::max({mean.shape.n, gamma ? gamma->shape.n : 1, beta ? beta->shape.n : 1}), mean.shape.c, 1, 1};
  for (const Shape& row : {mean.shape, gamma ? gamma->shape : mean.shape, beta ? beta->shape : mean.shape}) {
    require_row("norm_factors", row, wider);
  }
  Array rstd = variance;
  for (double& value : rstd.values) value = 1 / std::sqrt(value + eps);
  const Array scale = tabulate(wider, [&](int n, int c, int, int) {
    return (gamma ? gamma->repeated(n, c, 0, 0) : 1) * rstd.repeated(n, c, 0, 0);
  });
  const Array shift = tabulate(wider, [&](int n, int c, int, int) {
    return (beta ? beta->repeated(n, c, 0, 0) : 0) - mean.repeated(n, c, 0, 0) * scale(n, c, 0, 0);
  });
  return {rstd, scale, shift};
}

Array scale_shift(const Array& x, const Optional& scale, const Optional& shift, bool relu, const Optional& shortcut) {
  require(scale.has_value() == shift.has_value(), "scale_shift: scale and shift come together");
  if (scale) require_row("scale_shift", scale->shape, x.shape);
  if (shift) require_row("scale_shift", shift->shape, x.shape);
  if (shortcut) require(shortcut->shape == x.shape, "scale_shift: x is " + x.shape.text() + ", the shortcut " + shortcut->shape.text());
  return tabulate(x.shape, [&](int n, int c, int h, int w) {
    double y = scale ? scale->repeated(n, c, 0, 0) * x(n, c, h, w) + shift->repeated(n, c, 0, 0) : x(n, c, h, w);
    if (relu && y < 0) y = 0;
    return shortcut ? y + (*shortcut)(n, c, h, w) : y;
  });
}

Array channel_mean(const Array& x) { return mean_over(x, per_channel(NormScope::image, x.shape)); }

Array channel_variance(const Array& x, const Array& mean) { return variance_about(mean, x); }

Array channel_moments_backward(const Array& x, const Array& mean, const Optional& dmean, const Optional& dvariance) {
  for (const Array* row : {&mean, dmean ? &*dmean : nullptr, dvariance ? &*dvariance : nullptr}) {
    require(!row || row->shape == per_channel(NormScope::image, x.shape), "channel_moments_backward: moments must be [N, C, 1, 1]");
  }
  const double pixels = double(x.shape.pixels());
  return tabulate(x.shape, [&](int n, int c, int h, int w) {
    const double of_mean = dmean ? (*dmean)(n, c, 0, 0) / pixels : 0;
    const double of_variance = dvariance ? (*dvariance)(n, c, 0, 0) * 2 * (x(n, c, h, w) - mean(n, c, 0, 0)) / pixels : 0;
    return of_mean + of_variance;
  });
}

}  // namespace impasto::reference
