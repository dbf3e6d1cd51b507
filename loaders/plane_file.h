// Planes as grey PNG files: depth and disparity, edges.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/plane.h"

namespace impasto {

/// 0..1 becomes 0 to the largest number of 8 or 16 bits, clamped and rounded. Throws ShapeError if the values do not fit the size, Error
/// for a NaN.
std::vector<std::uint8_t> encode_plane(const Plane& plane, int bits = 16);

/// Atomically. Throws UsageError unless the name ends in .png (or is "-"), and as encode_plane, FileError.
void write_plane(const std::string& path, const Plane& plane, int bits = 16);

/// A grey picture's numbers, 0..1. Throws FileError, also for a picture in colour.
Plane read_plane(const std::string& path);

}  // namespace impasto
