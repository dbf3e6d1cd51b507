// Where the numbers of a padded axis come from.
#pragma once
#include "engine/backend.h"

namespace impasto {

/// Index of position i of a padded axis of n pixels, or -1 for a zero.
IMPASTO_BODY int padded_index(int i, int n, Padding kind) {
  if (i >= 0 && i < n) return i;
  if (kind == Padding::zero) return -1;
  if (kind == Padding::replicate) return i < 0 ? 0 : n - 1;
  return i < 0 ? -i : 2 * n - 2 - i;
}

}  // namespace impasto
