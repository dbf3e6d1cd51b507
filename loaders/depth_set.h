// Photographs with the depth of every pixel, by number.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "loaders/picture.h"
#include "loaders/plane.h"

namespace impasto {

struct DepthPair {
  Picture picture;
  Plane depth;  ///< of the picture's size; larger is farther; 0: not known. Metres, or, from a disparity, in no unit
};

/// All of it may be called from any thread.
class DepthSet {
 public:
  virtual ~DepthSet() = default;
  virtual int64_t size() const = 0;
  /// For messages: the picture's file.
  virtual std::string name(int64_t i) const = 0;
  /// Throws FileError if one of the two is broken or their sizes differ.
  virtual DepthPair read(int64_t i) const = 0;
};

/// A folder: every NAME_rgb.jpg (.png, .webp) in it that has a NAME_depth.png (16 bits, of `unit` metres each) or a NAME_disp.png
/// (disparity: its inverse is the depth, up to a factor) beside it, in byte order of names, those of nested folders too; 0 is unknown in
/// both. Or folders rgb and depth, or rgb and disp, with files of the same stem. A file, .mat or .h5, laid out like NYU Depth v2's
/// (Silberman et al. 2012): /images u8 [N, 3, W, H] and /depths f32 [N, W, H], metres. Throws FileError if there are no pairs or the file
/// is not sound.
std::unique_ptr<DepthSet> open_depth_set(const std::string& path, double unit = 0.001);

/// The same from several, one behind another.
std::unique_ptr<DepthSet> joined(std::vector<std::unique_ptr<DepthSet>> sets);

}  // namespace impasto
