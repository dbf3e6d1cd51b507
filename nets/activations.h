// Between pictures, losses and depths, which are of the master dtype, and what is between the layers of a network, which is of the
// backend's activation dtype (engine/backend.h).
#pragma once
#include "engine/variable.h"

namespace impasto {

/// x as the layers of a network take it: of the activation dtype, in lanes. x itself if it is that already. The gradient goes the way back.
Variable to_activations(const Variable& x);
/// The same numbers in the master dtype.
Variable from_activations(const Variable& x);
/// The same numbers in the master dtype, planar: as losses take a map whose every pixel they look up.
Variable as_planar(const Variable& x);

}  // namespace impasto
