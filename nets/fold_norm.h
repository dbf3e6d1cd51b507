// A frozen norm taken into the convolution before it.
#pragma once
#include "layers/batch_norm.h"

namespace impasto {

/// Makes weight and bias those of the convolution and the norm behind it together, and freezes them:
///   weight <- weight * f,   bias <- (bias - mean) * f + beta,   f = gamma / sqrt(variance + eps), a number a channel
/// weight: [K, C, R, S];  the others: [1, K, 1, 1];  bias, gamma and beta may be undefined (0, 1 and 0).
void fold_norm(Variable& weight, Variable& bias, const Variable& gamma, const Variable& beta, const RunningStatistics& running, double eps);

}  // namespace impasto
