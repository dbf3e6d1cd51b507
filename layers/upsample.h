// Upsampling by repetition: with a convolution behind it, it paints no checkerboards.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// Each pixel becomes factor x factor equal ones.   x: [N, C, H, W];  y: [N, C, factor H, factor W]
///   y[p, q] = x[p / factor, q / factor] (rounded down);   dx[h, w] = sum of dy over the block that came from (h, w)
/// Throws ShapeError if factor < 1.   Odena, Dumoulin and Olah 2016, "Deconvolution and checkerboard artifacts".
Variable upsample_nearest(const Variable& x, int factor = 2);

}  // namespace impasto
