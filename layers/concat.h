// Channels joined and parted, images parted.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// The channels of all parts, one after another.   parts: [N, C_i, H, W];  y: [N, sum C_i, H, W]
///   dx_i = its channels of dy
/// The parts may have any lane counts, and may end within a lane group; y has the lanes its backend likes, and the parts' dtype.
/// Throws ShapeError if there are no parts, or N, H, W or dtype differ.
/// Szegedy et al. 2015 (inception), Ronneberger et al. 2015 (U-Net).
Variable concat(const std::vector<Variable>& parts);

/// Channels begin .. begin + count - 1.   y: [N, count, H, W];   dx = dy in those channels, 0 in the others
/// Throws ShapeError if x does not have them.
Variable slice_channels(const Variable& x, int begin, int count);

/// Images first .. first + count - 1.   y: [count, C, H, W], mostly x's own numbers;   dx = dy in those images, 0 in the others
/// Throws ShapeError if x does not have them.
Variable slice_images(const Variable& x, int first, int count);

}  // namespace impasto
