// How far x is from a target: [1, 1, 1, 1] losses. The target is a constant; only x gets a gradient.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// y = scale * sum over all elements of rho(d),   d = weight * (x - target),   dx = scale * dy * weight * rho'(d)
///   squared: d^2, 2 d;   smooth_l1: d^2/2 where |d| < 1, else |d| - 1/2;  clamp(d, -1, 1)   (Girshick 2015);   absolute: |d|, sign(d)
/// x: [N, C, H, W];  target: x's shape and layout, or planar [1, C, H, W] for every image of a planar x (a Gram target);
/// weight: undefined (1), x's layout, or planar [N or 1, 1, H, W]: a mask. Note that it stands inside rho.
/// Throws ShapeError if target or weight do not fit.
Variable loss(Loss kind, const Variable& x, const Tensor& target, const Tensor& weight, double scale);

/// The usual ones: means and sums over all elements, the batch included.
Variable mean_squared_error(const Variable& x, const Tensor& target);  // dx = 2 (x - target) / (N C H W)
Variable sum_squared_error(const Variable& x, const Tensor& target);   // dx = 2 (x - target)
Variable smooth_l1(const Variable& x, const Tensor& target);           // mean
Variable absolute_error(const Variable& x, const Tensor& target);      // mean
/// mean of (weight * (x - target))^2;   dx = 2 weight^2 (x - target) / (N C H W)
Variable weighted_squared_error(const Variable& x, const Tensor& target, const Tensor& weight);

}  // namespace impasto
