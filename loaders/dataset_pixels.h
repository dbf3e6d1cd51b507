// A photograph as style data sets hold it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/picture.h"

namespace impasto {

/// Cropped from the top left to sides that are multiples of 16, then scaled to size x size whatever its aspect (make_style_dataset.py of
/// fast-neural-style; it scales bilinearly, resize() by Lanczos). [3, size, size] bytes; alpha is ignored.
/// Throws FileError with `name` if a side is below 16 pixels.
std::vector<uint8_t> dataset_pixels(const Picture& picture, int size, const std::string& name);

}  // namespace impasto
