// Pictures of nothing but texture: styles beyond those of paintings, for a network that is to paint in any.
#pragma once
#include <cstdint>

#include "loaders/picture.h"

namespace impasto {

/// size x size, a function of the two numbers alone: one or two patterns (stripes, rings, dots, checks, weaves, cells, clouds, ridges, marble) in
/// a palette of its own, bent by noise; often painted over in strokes, spattered, or on rough ground.
Picture texture_picture(uint64_t key, int size);

}  // namespace impasto
