// Networks that hold many styles: all weights are shared, each style has its own gamma and beta (conditional instance norm), and
// styles blend by blending these. Dumoulin, Shlens, Kudlur 2017 (arXiv 1610.07629), sizes as in magenta's image_stylization.
#pragma once
#include <vector>

#include "engine/variable.h"
#include "nets/transform_architecture.h"

namespace impasto {

/// c9s1-32, two c3s2, residual blocks of 128, two n2, c9s1-3: reflected pads, no bias, norm-last, sigmoid; every width but the last is
/// int(width * w). With one style 1,677,638 parameters, 3,206 more each. Throws UsageError for styles < 1 or a width without channels.
TransformArchitecture conditional_architecture(int styles, double width = 1, int residual_blocks = 5);

/// The blend of TransformNet: one row an image, one weight a style. [1, 1, rows, styles], planar.
/// Throws UsageError if there are no rows, or they differ in length or are empty.
Variable style_blend(Backend& backend, const std::vector<std::vector<double>>& rows);

}  // namespace impasto
