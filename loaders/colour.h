// What is done to the colours of a painted picture, or of a painting: taken from the photograph, or mixed with it. Planes of 0..1; results are
// clamped to that. Colours are the file's numbers (no linear light), as everywhere in impasto.
#pragma once
#include <string>

#include "loaders/picture.h"

namespace impasto {

///   luminance   Y of the painted picture with U and V of the photo (neural-style's original_colors)
///   histogram   in each channel, the painted values moved so that they are distributed as the photo's
///   cholesky    painted colours mapped linearly to the photo's mean and covariance, A = L_photo / L_painted, with L the Cholesky
///               factor of the covariance + 1e-5 I (Gatys et al. 2016, "Preserving color in neural artistic style transfer")
///   coral       the same by symmetric roots of the channels' correlations: A = S_photo R_photo^1/2 R_painted^-1/2 / S_painted, with S the
///               channels' deviations and R their correlation + 1e-5 I, which turns colours less than cholesky. AdaIN-style's coral.lua
///               sums where this takes means, so that its result is the photo's covariance only between pictures of one size.
enum class KeepColour { none, luminance, histogram, cholesky, coral };

/// "none", "luminance", "histogram", "cholesky" or "coral". Throws UsageError.
KeepColour keep_colour(const std::string& name);

/// The painted picture, or a painting before it is used, in the photo's colours; its alpha stays. Pixels count by their opacity in means and histograms.
/// luminance throws ShapeError if the pictures differ in size.
Picture keep_colour(Picture painted, const Picture& photo, KeepColour how);

/// strength * painted + (1 - strength) * photo; the painted picture's alpha. Throws ShapeError if they differ in size, UsageError
/// for a strength outside 0..1.
Picture mix(Picture painted, const Picture& photo, double strength);

}  // namespace impasto
