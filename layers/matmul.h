// Products of small matrices, image by image, and the same numbers under another shape.
#pragma once
#include "engine/variable.h"

namespace impasto {

struct Transpose {
  bool a = false, b = false;
};

/// a [N or 1, 1, I, J], b [N or 1, 1, J, K], y [N, 1, I, K], all planar; with transposed operands their H and W change places.
///   y  = scale * op(a) op(b)
///   da = scale * dy op(b)^T   (transposed a: scale * op(b) dy^T),   db = scale * op(a)^T dy   (transposed b: scale * dy^T op(a))
///   An operand of one image that serves N collects the gradients of all N.
/// Throws ShapeError if the inner dimensions or the batches differ, or an operand is not planar.
Variable matmul(const Variable& a, const Variable& b, Transpose transpose = {}, double scale = 1);

/// The same numbers, in N, C, H, W order, as another shape; planar only.   dx = dy, shaped back.
/// Throws ShapeError if the sizes differ or x is not planar.
Variable reshape(const Variable& x, Shape shape);

}  // namespace impasto
