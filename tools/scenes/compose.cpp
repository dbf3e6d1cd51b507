#include "tools/scenes/compose.h"

namespace impasto::scenes {
namespace {

constexpr float degree = 0.0174533f;

}  // namespace

Camera camera(Draws& draw, Vec at, Vec towards, float view_degrees) {
  const Vec way = unit(towards - at);
  const float usual = (draw.uniform() + draw.uniform() + draw.uniform() - 1.5f) * 6 * degree;
  const float roll = draw.chance(0.12f) ? draw.uniform(-30, 30) * degree : usual;
  return {at, turned(std::atan2(way.x, way.z), std::asin(way.y), roll), 2 * std::tan(view_degrees * degree / 2)};
}

void daylight(Builder& b) {
  const float height = b.draw.uniform(0.1f, 1.2f), turn = b.draw.uniform(0, 6.2832f),
              strength = b.draw.chance(0.25f) ? 0.15f : b.draw.uniform(0.6f, 1.6f);
  const Colour warm = mix({1, 0.7f, 0.45f}, {1, 0.97f, 0.9f}, height);
  b.scene.lights.push_back({turned(turn, height).ahead, warm * strength, true});
  const float grey = b.draw.uniform();
  b.scene.sky = {mix({0.15f, 0.35f, 0.8f}, {0.6f, 0.62f, 0.65f}, grey),
                 mix({0.9f, 0.8f, 0.7f}, {0.75f, 0.8f, 0.85f}, b.draw.uniform()),
                 {0.25f, 0.24f, 0.22f},
                 b.draw.uniform(0, 1.2f),
                 b.draw.bits()};
  b.scene.ambient = mix({0.35f, 0.42f, 0.55f}, {0.5f, 0.5f, 0.5f}, grey) * b.draw.uniform(0.5f, 1.2f);
  if (b.draw.chance(0.35f)) b.scene.fog = b.draw.scale(0.0005f, 0.03f);
  b.scene.fog_colour = mix(b.scene.sky.low, {0.8f, 0.8f, 0.8f}, 0.5f);
}

void lamps(Builder& b, Vec low, Vec high) {
  b.scene.ambient = Colour{1, 0.95f, 0.9f} * b.draw.uniform(0.15f, 0.7f);
  for (int n = b.draw.integer(1, 3); n > 0; n--) {
    const Vec at{b.draw.uniform(low.x, high.x), b.draw.uniform(0.5f * (low.y + high.y), 0.97f * high.y), b.draw.uniform(low.z, high.z)};
    b.scene.lights.push_back({at, mix({1, 0.75f, 0.5f}, {0.9f, 0.95f, 1}, b.draw.uniform()) * b.draw.scale(0.5f, 6)});
  }
}

void clutter(Builder& b, Vec middle, Vec reach, int count, float smallest, float largest) {
  for (int k = 0; k < count; k++) {
    const float size = b.draw.scale(smallest, largest);
    Vec at;
    if (b.free_spot(middle, reach, 0.7f * size, at)) any_small_thing(b, {at, b.draw.uniform(0, 6.3f), size});
  }
}

}  // namespace impasto::scenes
