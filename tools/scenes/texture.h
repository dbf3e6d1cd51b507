// What surfaces look like: pieces of photographs, and patterns.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tools/scenes/draws.h"

namespace impasto::scenes {

/// A photograph as a texture, small and linear.
struct Photo {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;  // [height, width, 3], as in the file
  /// Bilinear; u and v in pixels, mirrored at the borders for ever.
  Colour at(float u, float v) const;
};

/// Those of a folder that can be read, at most `count`, at most 320 pixels wide. Throws UsageError if none can.
std::vector<Photo> read_photos(const std::string& folder, int count);

struct Texture {
  enum class Kind { plain, photo, noise, marble, wood, stripes, checker, bricks, dots, facade, text, tiles };
  Kind kind = Kind::plain;
  Colour first{0.5f, 0.5f, 0.5f}, second{0.5f, 0.5f, 0.5f};
  const Photo* photo = nullptr;
  float size = 1;  // metres of a stripe, a brick, a bump, or photo pixels a metre
  float turn = 0;  // radians in the surface
  float u = 0, v = 0;
  uint32_t seed = 0;
  float speckle = 0;  // fine noise on top, of any kind

  /// At a place in metres on an object, on the side of it whose normal points most along `axis`.
  Colour at(Vec place, int axis) const;
};

/// Any; a photograph in a fifth of the draws, where there are photos. `width` is about that of the object, in metres.
Texture any_texture(Draws& draw, const std::vector<Photo>& photos, float width);
/// Of one kind.
Texture texture_of(Texture::Kind kind, Draws& draw, float size);

}  // namespace impasto::scenes
