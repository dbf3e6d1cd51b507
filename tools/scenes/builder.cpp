#include "tools/scenes/builder.h"

namespace impasto::scenes {

Material Builder::finished(Texture texture) {
  Material m{std::move(texture)};
  if (draw.chance(0.35f)) {
    m.gloss = draw.uniform(0.05f, 0.6f);
    m.shine = draw.scale(8, 120);
  }
  return m;
}

Material Builder::material(float width) { return finished(any_texture(draw, photos_, width)); }

Material Builder::plain(Colour colour) {
  Material m = drawn(Texture::Kind::noise, 0.1f);
  m.texture.first = colour;
  m.texture.second = colour * draw.uniform(0.75f, 1.1f);
  return m;
}

Thing& Builder::add(Form form, Vec centre, Vec half, const Material& material, float yaw, float pitch, float roll) {
  return scene.things.emplace_back(Thing{form, {centre, most(half, {1e-3f, 1e-3f, 1e-3f}), turned(yaw, pitch, roll)}, material});
}

Thing& Builder::part(const Spot& spot, Form form, Vec where, Vec half, const Material& material, float yaw, float pitch, float roll) {
  return add(form, spot.at + turned(spot.yaw).out(where), half, material, spot.yaw + yaw, pitch, roll);
}

Thing& Builder::terrain(Vec low, Vec high, float bumps, bool sharp, const Material& material) {
  Thing& t = add(Form::terrain, (low + high) * 0.5f, (high - low) * 0.5f, material);
  t.heights = std::make_shared<Heights>(draw.bits(), bumps, sharp);
  return t;
}

bool Builder::free_spot(Vec middle, Vec reach, float radius, Vec& found) {
  for (int attempt = 0; attempt < 12; attempt++) {
    const Vec at = middle + Vec{draw.uniform(-reach.x, reach.x), 0, draw.uniform(-reach.z, reach.z)};
    const bool clear = std::none_of(taken_.begin(), taken_.end(), [&](const auto& t) {
      return std::hypot(t.first.x - at.x, t.first.z - at.z) < t.second + radius && std::abs(t.first.y - at.y) < 0.3f;
    });
    if (!clear) continue;
    keep_free(at, radius);
    found = at;
    return true;
  }
  return false;
}

}  // namespace impasto::scenes
