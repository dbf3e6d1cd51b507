// Large pictures of which few pixels are needed.
#pragma once
#include <string>

#include "loaders/picture.h"

namespace impasto {

/// As read_picture, but the picture comes at 1/2, 1/4 or 1/8 of its size, as small as leaves its shorter side `least_side` pixels: means of
/// 2x2, 4x4 or 8x8 pixels, up to 7 columns and rows at the right and the bottom left out. Alpha is averaged by itself.
Picture read_reduced_picture(const std::string& path, int least_side);

}  // namespace impasto
