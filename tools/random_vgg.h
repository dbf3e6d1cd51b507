// VGG weights for benches, where times do not depend on them.
#pragma once
#include <cstdint>

#include "nets/vgg.h"

namespace impasto {

/// As He et al. 2015 begin: normal of variance 2 / (9 C), no bias; of Caffe's preprocessing.
VggWeights random_vgg(const VggArchitecture& architecture, uint64_t seed);

}  // namespace impasto
