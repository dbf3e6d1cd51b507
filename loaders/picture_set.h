// Many photographs by number, for training: each is read when it is asked for.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "loaders/picture.h"

namespace impasto {

/// All of it may be called from any thread.
class PictureSet {
 public:
  virtual ~PictureSet() = default;
  virtual int64_t size() const = 0;
  /// For messages: a file's path.
  virtual std::string name(int64_t i) const = 0;
  /// Where no more than `least_side` pixels of the shorter side are needed, a large file is read smaller (loaders/reduced_picture.h).
  /// Throws FileError if it is broken.
  virtual Picture read(int64_t i, int least_side) const = 0;
};

enum class Split { train, validation };

/// What a folder or group of this name holds, digits at its end aside: train, train2014, val2017, validation, ...
std::optional<Split> split_named(std::string name);

/// A folder: its pictures, nested ones too (loaders/picture_folder.h), in byte order of their paths. Where it is divided as COCO is, into
/// train2014 and val2014 or the like (in the folder itself or in its folder `images`), those of `split`.
/// Or an HDF5 file, .h5 or .hdf5: /train2014/images or /val2014/images, u8 [N, 3, H, W], as make_style_dataset.py of fast-neural-style
/// writes it (a single /<group>/images serves too); one photograph is read at a time (loaders/hdf5_pictures.h).
/// Throws FileError if there are no pictures in it or the file is not sound, UsageError if there are none of that split.
std::unique_ptr<PictureSet> open_picture_set(const std::string& path, Split split);

}  // namespace impasto
