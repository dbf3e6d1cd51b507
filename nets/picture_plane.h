// Pictures into networks that say one number of each pixel, and what they say back as a plane of the picture's size.
#pragma once
#include "engine/variable.h"
#include "loaders/picture.h"
#include "loaders/plane.h"

namespace impasto {

/// How large a network is to see a picture. Width and height; height 0: width is the longest side, and the picture's aspect stays;
/// both 0: as the network has it by itself.
struct InputSize {
  int width = 0, height = 0;
};

/// The size asked for, each side rounded to the nearest multiple of `multiple`, and no less than `least`. `asked` has a width.
InputSize rounded_size(const InputSize& asked, int picture_width, int picture_height, int multiple = 1, int least = 1);

/// y: [1, 1, H, W], resized bilinearly to width x height. Throws Error, which names `source`, if a value is not a number.
Plane to_plane(const Variable& y, int width, int height, const std::string& source);

}  // namespace impasto
