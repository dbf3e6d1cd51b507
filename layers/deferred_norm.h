// An activation whose norm is still to be applied. A convolution that reads one norms it on its way in, and one that writes it measures
// its channels on the way out, so that convolution, norm, ReLU, convolution need no pass between them; and the tape keeps the raw
// activation only.
#pragma once
#include "engine/variable.h"
#include "layers/norm_tape.h"

namespace impasto {

/// An activation [N, C, H, W] and the mean and biased variance of its channels, planar [N, C, 1, 1]: constants to the tape, for the
/// gradient of the norm that uses them accounts for how they depend on x.
struct Measured {
  Variable x;
  Tensor mean = {}, variance = {};
};
/// Of any activation, by a pass over it; measured_conv2d (layers/conv2d.h) needs none.
Measured measured(Variable x);

/// Stands for y = relu(gamma * xhat + beta), xhat = (x - mean) * rstd, of x [N, C, H, W] as it is; the ReLU only if `relu`. Made by
/// deferred_instance_norm and deferred_batch_norm; made of a variable, it stands for that itself. Read by conv2d, or written out by
/// applied().
struct Normed {
  Normed(Variable plain) : x(std::move(plain)) {}
  Normed(NormScope scope, Variable x, const Variable& gamma, const Variable& beta, const Tensor& mean, const Tensor& variance, double eps,
         bool relu);

  const Shape& shape() const { return x.shape(); }
  bool is_plain() const { return !scale.defined(); }
  bool requires_grad() const { return x.requires_grad() || gamma.requires_grad() || beta.requires_grad(); }
  /// What a convolution makes of x on its way in; points into this. Under NoGrad x is given up if nobody else holds it.
  ConvInput input() const;
  NormTape tape() const { return {scope, x.value(), gamma.value(), beta.value(), mean, rstd, relu}; }

  Variable x, gamma, beta;
  NormScope scope = NormScope::frozen;
  Tensor mean, rstd;    // as norm_backward takes them
  Tensor scale, shift;  // planar [N or 1, C, 1, 1]: y = relu(scale x + shift)
  bool relu = false;
};

/// y written out, in one pass; with a shortcut y + shortcut, in the same pass (what a residual block ends with).
///   dx, dgamma, dbeta: the norm's own (layers/instance_norm.h, layers/batch_norm.h);   dshortcut = dy
/// Under NoGrad y takes the place of an x that was moved in. Throws ShapeError if the shortcut has not x's layout.
Variable applied(Normed x, const Variable& shortcut = {});

}  // namespace impasto
