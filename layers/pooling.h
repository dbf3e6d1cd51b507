// Pooling over square windows.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// The largest element of each window.   x: [N, C, H, W];  y: [N, C, P, Q]
///   y[p, q] = max of x over rows p stride - pad .. + kernel - 1 and columns alike, as far as they lie in the picture
///   dx = sum of dy[p, q] over the windows whose largest element stands there (the first in row order, on a tie)
///   P = floor((H + 2 pad - kernel) / stride) + 1; with ceil_mode ceil, less one if the last window would begin beyond the picture
/// Throws ShapeError if pad is more than half the kernel or no window fits. ceil_mode is Caffe's and SqueezeNet's habit.
Variable max_pool(const Variable& x, int kernel, int stride, int pad = 0, bool ceil_mode = false);

/// The mean of each window, whose positions in the padding count as zeros (PyTorch's count_include_pad).
///   y[p, q] = 1/A sum of x over the window, A its positions within picture and padding;   dx = sum of dy[p, q] / A over the windows
/// Sizes and errors as max_pool. In place of max_pool it makes smoother pictures: Gatys et al. 2016.
Variable average_pool(const Variable& x, int kernel, int stride, int pad = 0, bool ceil_mode = false);

}  // namespace impasto
