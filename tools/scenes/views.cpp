// Streets, landscapes, and portraits of a thing in front of something far.
#include "tools/scenes/compose.h"

namespace impasto::scenes {

void street(Builder& b) {
  daylight(b);
  const float road = b.draw.uniform(2.5f, 7), walk = b.draw.uniform(1, 4);
  b.add(Form::square, {0, 0, 100}, {300, 1, 300}, b.drawn(Texture::Kind::noise, 2));
  b.add(Form::box, {0, 0, 100}, {road, 0.01f, 150}, b.drawn(Texture::Kind::noise, 0.3f));
  if (b.draw.chance(0.5f))
    for (float z = 0; z < 80; z += 6) b.add(Form::box, {0, 0.012f, z}, {0.07f, 0.003f, 1.5f}, b.plain({0.8f, 0.8f, 0.75f}));
  for (const float side : {-1.0f, 1.0f}) {
    b.add(Form::box, {side * (road + walk / 2), 0.05f, 100}, {walk / 2, 0.08f, 150}, b.drawn(Texture::Kind::tiles, 0.6f));
    const bool houses = b.draw.chance(0.8f);
    for (float z = b.draw.uniform(-5, 5); z < 140;) {
      const float depth = b.draw.uniform(3, 9), set_back = b.draw.chance(0.3f) ? b.draw.uniform(0, 4) : 0, half = b.draw.uniform(4, 8);
      z += depth;
      if (houses && b.draw.chance(0.9f))
        building(b, {{side * (road + walk + set_back + half), 0, z}, 0, half}, depth, b.draw.uniform(3, 18));
      else
        tree(b, {{side * (road + walk + b.draw.uniform(1, 6)), 0, z}, b.draw.uniform(0, 6), b.draw.uniform(1.2f, 3)});
      z += depth + (b.draw.chance(0.3f) ? b.draw.uniform(0, 5) : 0);
    }
    for (float z = b.draw.uniform(2, 9); z < 70; z += b.draw.uniform(2, 14)) {
      const float kind = b.draw.uniform();
      const Spot kerb{{side * (road + 0.3f), 0.13f, z}, b.draw.uniform(0, 6.3f), 0.25f};
      if (kind < 0.2f)
        post(b, kerb);
      else if (kind < 0.4f)
        tree(b, {kerb.at, kerb.yaw, b.draw.uniform(0.8f, 2)});
      else if (kind < 0.65f)
        car(b, {{side * (road - 1.1f), 0, z}, 0});
      else if (kind < 0.9f)
        person(b, {{side * (road + b.draw.uniform(0.2f, walk)), 0.13f, z}, kerb.yaw, b.draw.uniform(0.2f, 0.26f)});
      else
        bush(b, {kerb.at, 0, b.draw.uniform(0.3f, 0.8f)});
    }
  }
  if (b.draw.chance(0.5f))
    building(b, {{b.draw.uniform(-4, 4), 0, b.draw.uniform(25, 120)}, 0, b.draw.uniform(8, 20)}, 4, b.draw.uniform(5, 25));
  const Vec eye{b.draw.uniform(-1, 1) * (road + walk - 0.6f), b.draw.chance(0.8f) ? b.draw.uniform(1.3f, 2) : b.draw.uniform(2, 9), 0};
  b.scene.camera = camera(b.draw, eye, {b.draw.uniform(-9, 9), eye.y + b.draw.uniform(-3, 3), 20}, b.draw.uniform(45, 75));
}

void landscape(Builder& b) {
  daylight(b);
  const float wide = b.draw.scale(60, 1500), high = wide * b.draw.uniform(0.02f, 0.3f);
  Material ground = b.drawn(Texture::Kind::noise, wide * b.draw.scale(0.003f, 0.03f));
  ground.gloss = 0;
  const Colour from = mix({0.12f, 0.25f, 0.06f}, {0.5f, 0.42f, 0.3f}, b.draw.uniform());
  ground.texture.first = from;
  ground.texture.second = from * b.draw.uniform(0.3f, 0.8f);
  const Thing land =
      b.terrain({-wide, -0.25f * high, -0.2f * wide}, {wide, high, 1.8f * wide}, b.draw.uniform(2, 9), b.draw.chance(0.3f), ground);
  const auto height = [&](float x, float z) {
    const Vec p = land.place.to_object({x, 0, z});
    return land.place.centre.y + land.place.half.y * (2 * land.heights->at(p.x, p.z) - 1);
  };
  b.add(Form::square, {0, b.draw.uniform(-0.3f, 0.1f) * high, 0}, {20 * wide, 1, 20 * wide},
        b.plain(mix({0.05f, 0.12f, 0.2f}, from, b.draw.uniform())));
  const Vec eye{0, height(0, 0) + b.draw.scale(0.6f, 0.03f * wide + 2), 0};
  for (int n = b.draw.integer(0, 60); n > 0; n--) {
    const float z = b.draw.scale(3, 0.6f * wide), x = b.draw.uniform(-0.7f, 0.7f) * z;
    const Spot spot{{x, height(x, z) - 0.05f, z}, b.draw.uniform(0, 6.3f), b.draw.uniform(0.8f, 2.5f)};
    const float kind = b.draw.uniform();
    if (kind < 0.6f)
      tree(b, spot);
    else if (kind < 0.75f)
      bush(b, spot);
    else if (kind < 0.92f)
      rock(b, {spot.at, spot.yaw, b.draw.scale(0.2f, 2)});
    else if (kind < 0.97f)
      animal(b, {spot.at, spot.yaw, b.draw.uniform(0.3f, 0.9f)});
    else
      building(b, {spot.at, spot.yaw, b.draw.uniform(2, 5)}, 4, b.draw.uniform(3, 7));
  }
  const float down = b.draw.uniform(-0.35f, 0.12f);
  b.scene.camera = camera(b.draw, eye, eye + Vec{b.draw.uniform(-0.3f, 0.3f), down, 1}, b.draw.uniform(35, 75));
}

void portrait(Builder& b) {
  const float scale = b.draw.scale(0.05f, 1.2f);  // of the thing, in metres
  if (b.draw.chance(0.75f))
    daylight(b);
  else
    lamps(b, {-3, 0, -2}, {3, 4, 4});
  if (b.draw.chance(0.7f))
    b.add(Form::square, {0, 0, 0}, {300, 1, 300}, b.material(4 * scale));
  else
    b.terrain({-20 * scale, -1.5f * scale, -20 * scale}, {20 * scale, 0.3f * scale, 20 * scale}, b.draw.uniform(6, 24), false,
              b.material(3 * scale));
  const float behind = scale * b.draw.scale(3, 60);
  if (b.draw.chance(0.5f))
    b.add(Form::box, {0, 0, behind}, {10 * behind, 10 * behind, 0.05f}, b.material(behind), b.draw.uniform(-0.5f, 0.5f));
  for (int n = b.draw.integer(0, 30); n > 0; n--) {
    const float z = scale * b.draw.scale(2.5f, 40), x = b.draw.uniform(-0.8f, 0.8f) * z;
    const Spot spot{{x, 0, z}, b.draw.uniform(0, 6.3f), scale * b.draw.scale(0.3f, 3)};
    if (b.draw.chance(0.5f))
      any_small_thing(b, spot);
    else if (b.draw.chance(0.5f))
      tree(b, spot);
    else
      bush(b, spot);
  }
  static constexpr float (*subjects[])(Builder&, const Spot&) = {animal, animal,          flower,          flower,        person,
                                                                 rock,   any_small_thing, any_small_thing, any_furniture, bush};
  float tall = scale;
  for (int n = b.draw.integer(1, 3); n > 0; n--) {
    const Spot spot{{b.draw.uniform(-0.7f, 0.7f) * scale, 0, b.draw.uniform(-0.4f, 0.8f) * scale}, b.draw.uniform(0, 6.3f), scale};
    tall = std::max(0.5f * scale, b.draw.one_of(subjects)(b, spot));
  }
  const float away = std::max(tall, 2 * scale) * b.draw.uniform(1.1f, 2.5f), pitch = b.draw.uniform(-0.1f, 0.6f);
  const Vec look{b.draw.uniform(-0.3f, 0.3f) * scale, tall * b.draw.uniform(0.3f, 0.8f), 0};
  Vec eye = look + turned(b.draw.uniform(-0.6f, 0.6f), -pitch).ahead * -away;
  eye.y = std::max(eye.y, 0.15f * scale);
  b.scene.camera = camera(b.draw, eye, look, b.draw.uniform(30, 60));
}

}  // namespace impasto::scenes
