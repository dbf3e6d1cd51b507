// How far the colours of one picture are from those of another, wherever in the pictures they are.
#pragma once
#include <array>

#include "loaders/picture.h"

namespace impasto {

/// Mean and covariance (biased) of a picture's colours in CIELAB, the file's numbers taken as sRGB (IEC 61966-2-1), white D65; alpha is
/// left out.
struct ColourStatistics {
  std::array<double, 3> mean{};
  std::array<std::array<double, 3>, 3> covariance{};
};
ColourStatistics colour_statistics(const Picture& picture);

/// Wasserstein's distance of the normal distributions with these means and covariances, in units of Delta E (CIE 1976):
///   d^2 = |m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a^1/2 C_b C_a^1/2)^1/2)
/// Between the colours themselves it is at least as large.   Dowson and Landau 1982; of colours: Pitie and Kokaram 2007.
double colour_distance(const ColourStatistics& a, const ColourStatistics& b);

}  // namespace impasto
