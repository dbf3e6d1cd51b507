// Bilinear resizing of feature maps, depth maps and masks (pictures on their way in are resized by loaders/resize.h, with antialiasing).
#pragma once
#include "engine/variable.h"

namespace impasto {

/// Bilinear to height x width.   x: [N, C, H, W];  y: [N, C, height, width]
/// Row p of y lies at u = (p + 1/2) H / height - 1/2 in x (not below 0), or with corners aligned at u = p (H - 1) / (height - 1):
///   y[p] = (1 - t) x[h] + t x[h + 1],   h = floor(u), t = u - h;   columns alike;   the last row is repeated below
///   dx[h] = sum of dy[p] times the share that y[p] took of x[h]
/// No antialiasing: shrinking by more than 2 skips pixels, as in PyTorch. Throws ShapeError if height or width is < 1.
Variable resize_bilinear(const Variable& x, int height, int width, bool align_corners = false);

}  // namespace impasto
