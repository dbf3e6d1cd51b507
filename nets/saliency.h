// What stands out in a picture, by its spectral residual (Hou and Zhang, CVPR 2007).
#pragma once
#include "loaders/picture.h"
#include "loaders/plane.h"

namespace impasto {

constexpr int saliency_side = 64;  ///< pixels of the map on each side: the scale at which the paper looks

/// The luminance, stretched to 64x64, and its Fourier transform F:
///   residual = log |F| - its mean over 3x3 (the outermost repeated),   saliency = |inverse transform of exp(residual) F / |F||^2,
/// blurred by a Gaussian (sigma 2.5) and brought to 0..1. What is not in the picture (|F| < 0.001, F without a scale) stays out of the map;
/// so that of a flat picture is zeros.
Plane saliency(const Picture& picture);

}  // namespace impasto
