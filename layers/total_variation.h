// Total variation: how much neighbouring pixels differ. Weighted lightly, it keeps a generated picture from being noisy.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// y [1, 1, 1, 1] = scale * the sum over all images, channels and pixels, with dx = x[i, j+1] - x[i, j], dy = x[i+1, j] - x[i, j], of
///   squared:  dx^2 + dy^2              gradient at a pixel: 2 * scale * (its excess over each of its up to four neighbours)
///   absolute: |dx| + |dy|              gradient: scale * the number of lower neighbours less that of higher ones (anisotropic)
///   torch:    (dx^2 + dy^2) / 2 over the top-left (H-1) x (W-1) pixels: the gradient fast-neural-style adds, as a function
/// A single row or column is legal (0 for torch).   Rudin, Osher, Fatemi 1992; in style transfer Mahendran, Vedaldi 2015.
Variable total_variation(const Variable& x, Variation kind = Variation::squared, double scale = 1);

}  // namespace impasto
