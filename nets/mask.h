// Masks: where in the picture a photo or a painting counts, and how much.
//
//   SOURCE[:SHAPE]...     depth.png   depth.png:invert   depth.png:stretch:linear(0.8,1)   gradient:top:sigmoid(20,0.5)
//
// SOURCE is a picture, whose brightness is d in 0..1 (0.299 R + 0.587 G + 0.114 B, without alpha), or one of these:
//   depth                                the photo's own depth, far is 1 (a file of that name is ./depth)
//   gradient:top, bottom, left, right    1 in the rows or columns at that side, falling linearly to 0 at the other
//   gradient:centre                      1 in the middle, falling linearly to 0 in the corners
// Shapes, from left to right:
//   linear(a,b)    a + (b - a) d                 invert     1 - d
//   sigmoid(k,c)   1 / (1 + exp(-k (d - c)))     stretch    (d - min) / (max - min), for depths that do not use their whole range
//   range(a,b)     (d - a) / (b - a), clamped to 0..1: what is at most a is 0, what is at least b 1; a < b, and both may lie outside 0..1
//
// Masked styles: Gatys et al. 2017 (CVPR, "guided Gram matrices"); functions of depth: Jamgochian, Lange, Ghiron, "3D Neural Style
// Transfer" (Stanford University).
#pragma once
#include <string>
#include <vector>

#include "engine/tensor.h"
#include "loaders/picture.h"

namespace impasto {

struct MaskShape {
  enum class Kind { linear, sigmoid, invert, stretch, range } kind;
  double a = 0, b = 0;  // linear, range: a, b; sigmoid: k, c
  bool operator==(const MaskShape&) const = default;
};

struct MaskSpec {
  enum class Source { picture, top, bottom, left, right, centre };
  std::string text;  // as written, for messages
  Source source = Source::picture;
  std::string file;  // "" for a gradient and for depth
  bool of_depth = false;  // `picture` is the photo's depth
  std::vector<MaskShape> shapes = {};
  Picture picture = {};  // what lies in `file`: whoever asks for the mask has read it
};

/// Shapes are taken off from the right, so file names may hold colons and parentheses. Throws UsageError for a shape or a gradient
/// that there is not, naming what there is.
MaskSpec parse_mask(const std::string& text);

/// A mask at one size, [height, width], values >= 0.
struct Mask {
  std::string name;
  int width = 0, height = 0;
  std::vector<float> values;
};

/// The picture is stretched to the size, whatever its aspect, and shaped there. Throws UsageError if a value comes out negative or
/// not finite, or if there is nothing to stretch; Error if a picture has not been read.
Mask make_mask(const MaskSpec& spec, int width, int height);

/// The mask over cells of side x side pixels, from the corner at the top left: the mean within each. Beyond its last row and column the
/// mask goes on as these are, for cells that a network sees but the picture does not fill.
Mask in_cells(const Mask& mask, int side, int columns, int rows);

/// A mask as the layers of a network see it whose blocks halve the picture: averaged over 2x2 pixels for each of them, a last odd
/// row or column left out.
class MaskLevels {
 public:
  MaskLevels(Backend& backend, Mask mask) : backend_(&backend), last_(std::move(mask)) {}
  /// Planar [1, 1, height >> halvings, width >> halvings], frozen, each made once. Throws UsageError, naming mask and layer, if
  /// nothing is left of it there.
  Tensor at(int halvings, const std::string& layer);

 private:
  Backend* backend_;
  Mask last_;  // as far as it has been halved
  std::vector<Tensor> levels_;
};

}  // namespace impasto
