#include "nets/fold_norm.h"

namespace impasto {

void fold_norm(Variable& weight, Variable& bias, const Variable& gamma, const Variable& beta, const RunningStatistics& running,
               double eps) {
  Backend& backend = weight.backend();
  Tensor root = running.variance.like(), factor = root.like(), folded = weight.value().like(), offset = root.like(), moved = root.like();
  backend.unary(Unary::sqrt, eps, 0, running.variance, root);
  if (gamma.defined()) {
    backend.binary(Binary::divide, 1, gamma.value(), root, {factor});
  } else {
    backend.fill(moved, 1);
    backend.binary(Binary::divide, 1, moved, root, {factor});
  }
  backend.binary(Binary::multiply, 1, weight.value(), factor.reshaped({weight.shape().n, 1, 1, 1}), {folded});
  if (bias.defined())
    backend.binary(Binary::subtract, 1, bias.value(), running.mean, {moved});
  else
    backend.unary(Unary::affine, -1, 0, running.mean, moved);
  backend.binary(Binary::multiply, 1, moved, factor, {offset});
  if (beta.defined()) backend.binary(Binary::add, 1, offset, beta.value(), {offset});
  folded.freeze();
  offset.freeze();
  weight = Variable(folded);
  bias = Variable(offset);
}

}  // namespace impasto
