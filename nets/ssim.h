// Structural similarity of two pictures (Wang, Bovik, Sheikh, Simoncelli 2004, IEEE Transactions on Image Processing 13).
#pragma once
#include "loaders/plane.h"

namespace impasto {

/// Mean over all places of an 11x11 Gaussian window (sigma 1.5) that lies inside, of
///   (2 m_x m_y + C1) (2 s_xy + C2) / ((m_x^2 + m_y^2 + C1) (s_x^2 + s_y^2 + C2)),   C1 = 0.01^2, C2 = 0.03^2
/// with weighted means m, variances s^2 (biased) and covariance. x, y: luminance in 0..1.  1 for equal planes, -1 at the least.
/// Throws ShapeError if the sizes differ or a side is below 11.
double ssim(const Plane& x, const Plane& y);

}  // namespace impasto
