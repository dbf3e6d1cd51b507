#include "tools/scenes/places.h"

#include "tools/scenes/compose.h"

namespace impasto::scenes {
namespace {

Film film(Draws& draw, float focus) {
  Film f;
  f.exposure = draw.uniform(0.28f, 0.6f);
  f.contrast = draw.uniform(0.75f, 1.25f);
  f.saturation = draw.chance(0.06f) ? 0 : draw.uniform(0.5f, 1.4f);
  f.white = {draw.uniform(0.85f, 1.2f), 1, draw.uniform(0.8f, 1.2f)};
  f.blur = draw.chance(0.4f) ? draw.uniform(0.2f, 0.7f) : 0;
  f.defocus = draw.chance(0.2f) ? draw.uniform(0.5f, 2) : 0;
  f.focus = focus;
  f.noise = draw.chance(0.5f) ? draw.uniform(0, 0.03f) : 0;
  f.vignette = draw.chance(0.4f) ? draw.uniform(0, 0.6f) : 0;
  f.seed = draw.bits();
  return f;
}

}  // namespace

const std::vector<std::pair<std::string, Kind>>& kinds() {
  static const std::vector<std::pair<std::string, Kind>> all{
      {"room", Kind::room}, {"heap", Kind::heap}, {"street", Kind::street}, {"landscape", Kind::landscape}, {"portrait", Kind::portrait}};
  return all;
}

Shot make_scene(Kind kind, uint64_t seed, const std::vector<Photo>& photos, float aspect) {
  Builder b(seed, photos);
  switch (kind) {
    case Kind::room:
      room(b);
      break;
    case Kind::heap:
      heap(b);
      break;
    case Kind::street:
      street(b);
      break;
    case Kind::landscape:
      landscape(b);
      break;
    case Kind::portrait:
      portrait(b);
      break;
  }
  if (aspect < 1) b.scene.camera.width *= aspect;  // the angle is that of the longer side
  Film taken = film(b.draw, b.draw.scale(0.8f, 8));
  const int quality = b.draw.integer(60, 95);
  return {std::move(b.scene), taken, quality};
}

}  // namespace impasto::scenes
