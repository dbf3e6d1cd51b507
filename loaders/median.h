// The median filter: takes specks out of a picture and leaves its edges sharp.
#pragma once
#include "loaders/picture.h"

namespace impasto {

/// Each value becomes the median of the kernel x kernel values around it, channel by channel; beyond the edges stands the nearest
/// pixel. Alpha stays. Throws UsageError unless kernel is 3, 5, 7 or 9.
Picture median(const Picture& picture, int kernel);

}  // namespace impasto
