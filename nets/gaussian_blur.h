// A plane's numbers weighted by a Gaussian window.
#pragma once
#include <vector>

namespace impasto {

/// values: [height, width]. The window reaches `radius` pixels, its weights sum to one; at the edges the outermost pixel is repeated.
std::vector<double> gaussian_blur(const std::vector<double>& values, int width, int height, double sigma, int radius);

}  // namespace impasto
