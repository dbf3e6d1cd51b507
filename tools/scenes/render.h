// A picture of a scene, as a cheap camera would take it, and how far everything in it is.
#pragma once
#include "loaders/picture.h"
#include "loaders/plane.h"
#include "tools/scenes/scene.h"

namespace impasto::scenes {

/// What the camera does to the picture.
struct Film {
  float exposure = 0.45f;  ///< the mean that is aimed at, as displayed
  float contrast = 1, saturation = 1;
  Colour white{1, 1, 1};
  float blur = 0;     ///< pixels, everywhere
  float defocus = 0;  ///< pixels, of what is infinitely far from the plane of focus
  float focus = 2;    ///< metres
  float noise = 0;    ///< of the display's 0..1
  float vignette = 0;
  uint64_t seed = 0;
};

struct View {
  Picture picture;
  Plane inverse_depth;  ///< 1 / metres along the optical axis, at the middle of each pixel; 0 for the sky
};

/// `samples` rays a pixel, the first through its middle; a shadow ray to each light and one for light from around from each place met.
View render(const Scene& scene, int width, int height, int samples, const Film& film);

}  // namespace impasto::scenes
