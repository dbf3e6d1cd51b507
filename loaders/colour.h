// What is done to the colours of a painted picture: taken back from the photograph, or mixed with it. Planes of 0..1; results are
// clamped to that. Colours are the file's numbers (no linear light), as everywhere in impasto.
#pragma once
#include <string>

#include "loaders/picture.h"

namespace impasto {

///   luminance   Y of the painted picture with U and V of the photo (neural-style's original_colors)
///   histogram   in each channel, the painted values moved so that they are distributed as the photo's
///   cholesky    painted colours mapped linearly to the photo's mean and covariance, A = L_photo / L_painted, with L the Cholesky
///               factor of the covariance + 1e-5 I (Gatys et al. 2016, "Preserving color in neural artistic style transfer")
enum class KeepColour { none, luminance, histogram, cholesky };

/// "none", "luminance", "histogram" or "cholesky". Throws UsageError.
KeepColour keep_colour(const std::string& name);

/// The painted picture in the photo's colours; its alpha stays. Pixels count by their opacity in means and histograms.
/// luminance throws ShapeError if the pictures differ in size.
Picture keep_colour(Picture painted, const Picture& photo, KeepColour how);

/// strength * painted + (1 - strength) * photo; the painted picture's alpha. Throws ShapeError if they differ in size, UsageError
/// for a strength outside 0..1.
Picture mix(Picture painted, const Picture& photo, double strength);

}  // namespace impasto
