// Elementwise arithmetic of two variables or one, and the operators for it. Under NoGrad, add (its first operand), scale, affine and
// clamp put y in the place of an x that was moved in.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// y = a op b. A dimension in which one operand is 1 and the other is not is repeated, H and W only together; a repeated
/// operand is planar, full ones have the same layout.
///   add: da = dy, db = dy;   subtract: da = dy, db = -dy;   multiply: da = dy * b, db = dy * a
///   divide: da = dy / b, db = -dy * y / b;   each summed over the dimensions in which the operand was repeated
/// Throws ShapeError if the shapes or layouts do not fit.
Variable add(Variable a, const Variable& b);
Variable subtract(const Variable& a, const Variable& b);
Variable multiply(const Variable& a, const Variable& b);
Variable divide(const Variable& a, const Variable& b);

/// y = factor * x,   dx = factor * dy
Variable scale(Variable x, double factor);
/// y = a * x + b,   dx = a * dy
Variable affine(Variable x, double a, double b);
/// y = sqrt(x + eps),   dx = dy / (2 y)
Variable square_root(const Variable& x, double eps = 0);
/// y = min(max(x, low), high),   dx = dy where low <= x <= high, else 0
Variable clamp(Variable x, double low, double high);
/// y = |x|,   dx = sign(x) * dy, and 0 at 0
Variable absolute(const Variable& x);

inline Variable operator+(const Variable& a, const Variable& b) { return add(a, b); }
inline Variable operator-(const Variable& a, const Variable& b) { return subtract(a, b); }
inline Variable operator*(const Variable& a, const Variable& b) { return multiply(a, b); }
inline Variable operator/(const Variable& a, const Variable& b) { return divide(a, b); }
inline Variable operator+(const Variable& x, double b) { return affine(x, 1, b); }
inline Variable operator-(const Variable& x, double b) { return affine(x, 1, -b); }
inline Variable operator*(const Variable& x, double factor) { return scale(x, factor); }
inline Variable operator*(double factor, const Variable& x) { return scale(x, factor); }
inline Variable operator/(const Variable& x, double divisor) { return scale(x, 1 / divisor); }
inline Variable operator-(const Variable& x) { return scale(x, -1); }

}  // namespace impasto
