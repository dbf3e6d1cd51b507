// The one thing the program wants from EXIF: which way up the camera was held.
#pragma once
#include "loaders/bytes.h"

namespace impasto {

/// The orientation tag, 1..8, of an EXIF block: TIFF bytes, with or without "Exif\0\0" in front (JPEG has it, PNG and WebP
/// should not but some writers put it there). 1, upright, when the tag is missing or the block makes no sense: a picture
/// is not refused for its notes.
int exif_orientation(Bytes exif);

}  // namespace impasto
