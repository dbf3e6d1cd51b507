// The bytes of an HDF5 file in front of its photographs.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace impasto {

inline constexpr int64_t head_bytes = 4096;

/// The first head_bytes of a file of /train2014/images, u8 [train, 3, size, size], and, if validation > 0, /val2014/images, in one piece
/// each: at head_bytes begin the photographs for training, behind these those for validation, and then the file ends. (Data sets in one
/// piece, because their metadata does not change while photographs are written, and because the original's are.)
/// The library makes it in a temporary file in the folder of `path`, which is as long as the set but takes no room on the disk.
/// Throws FileError.
std::vector<uint8_t> dataset_head(const std::string& path, int size, int64_t train, int64_t validation);

}  // namespace impasto
