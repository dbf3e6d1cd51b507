// Resampling of pictures: Lanczos-3 where an axis shrinks, Catmull-Rom where it grows, nothing where it stays.
#pragma once
#include "loaders/picture.h"

namespace impasto {

/// Weights are widened with the shrinking (no aliasing) and, at the edges, scaled to sum to one. Results are clamped to
/// 0..1. With alpha the colours count by their opacity, so that what is hidden does not bleed into what is seen.
/// Needs, besides the result, one row of the source a thread.   Throws ShapeError for a side below 1.
Picture resize(const Picture& picture, int width, int height);

/// The longest side becomes `longest`, the other keeps the aspect, rounded to nearest, at least 1.
Picture resize_longest(const Picture& picture, int longest);

}  // namespace impasto
