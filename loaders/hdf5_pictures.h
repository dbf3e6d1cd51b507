// Photographs in an HDF5 file, as make_style_dataset.py of fast-neural-style writes them.
#pragma once
#include <memory>
#include <string>

#include "loaders/picture_set.h"

namespace impasto {

/// /<group>/images, u8 [N, 3, H, W], red, green, blue; in one piece or in chunks. Which group: see open_picture_set. Other data sets in
/// the file are left alone, but none may be of another type than u8.
/// Throws FileError, UsageError if no group or more than one is of that split.
std::unique_ptr<PictureSet> open_hdf5_pictures(const std::string& path, Split split);

}  // namespace impasto
