// Borders added to a picture, or cut from it.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// Borders around each channel.   x: [N, C, H, W];  y: [N, C, top + H + bottom, left + W + right]
///   y[p, q] = x[p - top, q - left], and outside the picture:  zero: 0;  reflect: mirrored at the outermost pixel, which is
///   not repeated (c b a b c);  replicate: the outermost pixel (a a a b c)
///   dx[h, w] = sum of dy over all places of y that were read from (h, w)
/// Zero pads may be negative: they cut off. Throws ShapeError if a reflected border is not smaller than the picture, if other
/// borders than zero ones are negative, or if nothing is left.
/// Reflection against border artefacts: Ulyanov et al. 2017, "Improved texture networks".
Variable pad(const Variable& x, const Pads& pads, Padding kind = Padding::reflect);
/// The same border on all sides.
Variable pad(const Variable& x, int border, Padding kind = Padding::reflect);

/// The rectangle of height x width pixels from (top, left):   y[p, q] = x[top + p, left + q];   dx = dy there, 0 elsewhere.
/// Throws ShapeError if it does not lie within x.
Variable crop(const Variable& x, int top, int left, int height, int width);

}  // namespace impasto
