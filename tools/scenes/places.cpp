#include "tools/scenes/places.h"

#include "tools/scenes/builder.h"

namespace impasto::scenes {
namespace {

constexpr float degree = 0.0174533f;

Camera camera(Draws& draw, Vec at, Vec towards, float view_degrees) {
  const Vec way = unit(towards - at);
  const float usual = (draw.uniform() + draw.uniform() + draw.uniform() - 1.5f) * 6 * degree;
  const float roll = draw.chance(0.2f) ? draw.uniform(-30, 30) * degree : usual;
  return {at, turned(std::atan2(way.x, way.z), std::asin(way.y), roll), 2 * std::tan(view_degrees * degree / 2)};
}

void daylight(Builder& b) {
  const float height = b.draw.uniform(0.1f, 1.2f), turn = b.draw.uniform(0, 6.2832f), strength = b.draw.chance(0.25f) ? 0.15f : b.draw.uniform(0.6f, 1.6f);
  const Colour warm = mix({1, 0.7f, 0.45f}, {1, 0.97f, 0.9f}, height);
  b.scene.lights.push_back({turned(turn, height).ahead, warm * strength, true});
  const float grey = b.draw.uniform();
  b.scene.sky = {mix({0.15f, 0.35f, 0.8f}, {0.6f, 0.62f, 0.65f}, grey), mix({0.9f, 0.8f, 0.7f}, {0.75f, 0.8f, 0.85f}, b.draw.uniform()), {0.25f, 0.24f, 0.22f},
                 b.draw.uniform(0, 1.2f), b.draw.bits()};
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

void walls(Builder& b, float width, float height, float depth) {
  const Material wall = b.material(3), other = b.draw.chance(0.6f) ? wall : b.material(3);
  b.add(Form::square, {0, 0, depth / 2}, {width / 2, 1, depth / 2}, b.material(b.draw.uniform(0.5f, 3)));
  b.add(Form::square, {0, height, depth / 2}, {width / 2, 1, depth / 2}, b.plain({0.8f, 0.8f, 0.8f}));
  const float bottom = height / 2;
  b.add(Form::box, {0, bottom, depth + 0.05f}, {width / 2, bottom, 0.05f}, wall);
  b.add(Form::box, {0, bottom, -0.05f}, {width / 2, bottom, 0.05f}, wall);
  for (const float side : {-1.0f, 1.0f}) b.add(Form::box, {side * (width / 2 + 0.05f), bottom, depth / 2}, {0.05f, bottom, depth / 2}, other);
  for (int n = b.draw.integer(0, 6); n > 0; n--) {  // pictures, doors and windows
    const bool at_side = b.draw.chance(0.6f), door = b.draw.chance(0.25f);
    const float w = door ? 0.45f : b.draw.uniform(0.15f, 0.8f), h = door ? 1 : b.draw.uniform(0.15f, 0.6f);
    const float y = door ? 1 : b.draw.uniform(1.0f, height - 0.7f), along = b.draw.uniform(-0.4f, 0.4f), side = b.draw.chance(0.5f) ? 1.0f : -1.0f;
    Material m = b.material(2 * w);
    if (!door && b.draw.chance(0.35f)) m.glow = b.draw.uniform(0.8f, 4);
    if (at_side)
      b.add(Form::box, {side * (width / 2 - 0.01f), y, depth * (0.5f + along)}, {0.02f, h, w}, m);
    else
      b.add(Form::box, {along * width, y, depth - 0.01f}, {w, h, 0.02f}, m);
  }
}

void room(Builder& b) {
  const float width = b.draw.uniform(2.5f, 7), depth = b.draw.uniform(3, 8), height = b.draw.uniform(2.2f, 3.2f);
  walls(b, width, height, depth);
  lamps(b, {-width / 2, 0, 0.3f}, {width / 2, height, depth});
  const Vec eye{b.draw.uniform(-0.25f, 0.25f) * width, b.draw.uniform(0.9f, 1.8f), b.draw.uniform(0.3f, 0.9f)};
  b.keep_free({eye.x, 0, eye.z}, 0.5f);
  const bool desk = b.draw.chance(0.55f);
  Vec look{eye.x + b.draw.uniform(-2, 2), b.draw.uniform(0.2f, 1.5f), eye.z + b.draw.uniform(1.5f, 4)};
  if (desk) {
    const float away = b.draw.uniform(0.55f, 1.4f), half = b.draw.uniform(0.5f, 1.1f), deep = b.draw.uniform(0.35f, 0.6f);
    const float top = table(b, {{eye.x + b.draw.uniform(-0.3f, 0.3f), 0, eye.z + away + deep}, b.draw.uniform(-0.6f, 0.6f), half}, b.draw.uniform(0.65f, 0.85f), deep);
    const Vec middle{eye.x, top, eye.z + away + deep};
    clutter(b, middle, {0.85f * half, 0, 0.75f * deep}, b.draw.integer(4, 16), 0.04f, 0.28f);
    b.keep_free({middle.x, 0, middle.z}, half);
    look = middle + Vec{b.draw.uniform(-0.5f, 0.5f), b.draw.uniform(-0.2f, 0.4f), 0};
  }
  for (int n = b.draw.integer(3, 11); n > 0; n--) {
    Vec at;
    if (!b.free_spot({0, 0, depth / 2 + 0.4f}, {width / 2 - 0.4f, 0, depth / 2 - 0.5f}, 0.5f, at)) continue;
    any_furniture(b, {at, b.draw.one_of({0.0f, 1.5708f, -1.5708f, 3.1416f}) + b.draw.uniform(-0.2f, 0.2f), b.draw.uniform(0.3f, 0.7f)});
  }
  clutter(b, {0, 0, depth / 2}, {width / 2 - 0.3f, 0, depth / 2 - 0.3f}, b.draw.integer(0, 6), 0.08f, 0.35f);
  if (b.draw.chance(0.15f)) {
    Vec at;
    if (b.free_spot({0, 0, 0.65f * depth}, {0.3f * width, 0, 0.25f * depth}, 0.3f, at)) person(b, {at, b.draw.uniform(0, 6.3f), b.draw.uniform(0.22f, 0.26f)});
  }
  b.scene.camera = camera(b.draw, eye, look, b.draw.uniform(45, 80));
}

void heap(Builder& b) {
  const float back = b.draw.uniform(0.8f, 2.5f), reach = b.draw.uniform(0.5f, 1.1f);
  if (b.draw.chance(0.85f)) b.add(Form::square, {0, 0, 0}, {6, 1, 6}, b.material(b.draw.uniform(0.5f, 2)));
  else b.terrain({-4, -0.4f, -4}, {4, 0.25f, 4}, b.draw.uniform(4, 16), false, b.material(1));
  const float turn = b.draw.uniform(-0.5f, 0.5f);
  b.add(Form::box, turned(turn).out({0, 0, back}), {7, 5, 0.05f}, b.material(b.draw.uniform(0.5f, 3)), turn, b.draw.chance(0.3f) ? b.draw.uniform(-0.3f, 0.1f) : 0);
  if (b.draw.chance(0.3f)) b.terrain({-3, -0.2f, 0.3f}, {3, 1.5f, back + 0.5f}, b.draw.uniform(3, 12), b.draw.chance(0.5f), b.material(1));  // cloth
  lamps(b, {-2, 0, -3}, {2, 4, back});
  for (int n = b.draw.integer(0, 5); n > 0; n--) {  // slanted boards
    const Vec at{b.draw.uniform(-reach, reach), b.draw.uniform(0, 0.7f), b.draw.uniform(-0.3f, 0.9f * back)};
    b.add(Form::box, at, {b.draw.uniform(0.1f, 0.6f), b.draw.uniform(0.1f, 0.8f), 0.012f}, b.material(0.6f), b.draw.uniform(-1, 1), b.draw.uniform(-0.5f, 0.5f), b.draw.uniform(-0.5f, 0.5f));
  }
  // A pile: each thing on whatever already lies where it comes down.
  constexpr int cells = 24;
  std::vector<float> heights(cells * cells);
  for (int n = b.draw.integer(5, 32); n > 0; n--) {
    const float size = b.draw.scale(0.05f, 0.35f), x = b.draw.uniform(-reach, reach), z = b.draw.uniform(-0.5f * reach, std::min(reach, 0.9f * back));
    const int i = int((x / reach + 1) / 2 * (cells - 1)), j = int((z / reach + 1) / 2 * (cells - 1)), wide = int(size / reach * cells / 2);
    float ground = 0;
    const auto around = [&](auto f) {
      for (int v = std::max(0, j - wide); v <= std::min(cells - 1, j + wide); v++)
        for (int u = std::max(0, i - wide); u <= std::min(cells - 1, i + wide); u++) f(heights[size_t(v * cells + u)]);
    };
    around([&](float h) { ground = std::max(ground, h); });
    if (ground > 0.6f) continue;
    const float top = ground + any_small_thing(b, {{x, ground, z}, b.draw.uniform(0, 6.3f), size});
    around([&](float& h) { h = top; });
  }
  const float away = b.draw.uniform(1.2f, 2.6f), pitch = b.draw.uniform(-0.05f, 0.7f);
  const Vec look{b.draw.uniform(-0.3f, 0.3f), b.draw.uniform(0.05f, 0.5f), b.draw.uniform(0, 0.4f)};
  b.scene.camera = camera(b.draw, look + turned(b.draw.uniform(-0.5f, 0.5f), -pitch).ahead * -away, look, b.draw.uniform(25, 55));
}

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
      if (kind < 0.2f) post(b, kerb);
      else if (kind < 0.4f) tree(b, {kerb.at, kerb.yaw, b.draw.uniform(0.8f, 2)});
      else if (kind < 0.65f) car(b, {{side * (road - 1.1f), 0, z}, 0});
      else if (kind < 0.9f) person(b, {{side * (road + b.draw.uniform(0.2f, walk)), 0.13f, z}, kerb.yaw, b.draw.uniform(0.2f, 0.26f)});
      else bush(b, {kerb.at, 0, b.draw.uniform(0.3f, 0.8f)});
    }
  }
  if (b.draw.chance(0.5f)) building(b, {{b.draw.uniform(-4, 4), 0, b.draw.uniform(25, 120)}, 0, b.draw.uniform(8, 20)}, 4, b.draw.uniform(5, 25));
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
  const Thing land = b.terrain({-wide, -0.25f * high, -0.2f * wide}, {wide, high, 1.8f * wide}, b.draw.uniform(2, 9), b.draw.chance(0.3f), ground);
  const auto height = [&](float x, float z) {
    const Vec p = land.place.to_object({x, 0, z});
    return land.place.centre.y + land.place.half.y * (2 * land.heights->at(p.x, p.z) - 1);
  };
  b.add(Form::square, {0, b.draw.uniform(-0.3f, 0.1f) * high, 0}, {20 * wide, 1, 20 * wide}, b.plain(mix({0.05f, 0.12f, 0.2f}, from, b.draw.uniform())));
  const Vec eye{0, height(0, 0) + b.draw.scale(0.6f, 0.03f * wide + 2), 0};
  for (int n = b.draw.integer(0, 60); n > 0; n--) {
    const float z = b.draw.scale(3, 0.6f * wide), x = b.draw.uniform(-0.7f, 0.7f) * z;
    const Spot spot{{x, height(x, z) - 0.05f, z}, b.draw.uniform(0, 6.3f), b.draw.uniform(0.8f, 2.5f)};
    const float kind = b.draw.uniform();
    if (kind < 0.6f) tree(b, spot);
    else if (kind < 0.75f) bush(b, spot);
    else if (kind < 0.92f) rock(b, {spot.at, spot.yaw, b.draw.scale(0.2f, 2)});
    else if (kind < 0.97f) animal(b, {spot.at, spot.yaw, b.draw.uniform(0.3f, 0.9f)});
    else building(b, {spot.at, spot.yaw, b.draw.uniform(2, 5)}, 4, b.draw.uniform(3, 7));
  }
  const float down = b.draw.uniform(-0.35f, 0.12f);
  b.scene.camera = camera(b.draw, eye, eye + Vec{b.draw.uniform(-0.3f, 0.3f), down, 1}, b.draw.uniform(35, 75));
}

void portrait(Builder& b) {
  const float scale = b.draw.scale(0.05f, 1.2f);  // of the thing, in metres
  if (b.draw.chance(0.75f)) daylight(b);
  else lamps(b, {-3, 0, -2}, {3, 4, 4});
  if (b.draw.chance(0.7f)) b.add(Form::square, {0, 0, 0}, {300, 1, 300}, b.material(4 * scale));
  else b.terrain({-20 * scale, -1.5f * scale, -20 * scale}, {20 * scale, 0.3f * scale, 20 * scale}, b.draw.uniform(6, 24), false, b.material(3 * scale));
  const float behind = scale * b.draw.scale(3, 60);
  if (b.draw.chance(0.5f)) b.add(Form::box, {0, 0, behind}, {10 * behind, 10 * behind, 0.05f}, b.material(behind), b.draw.uniform(-0.5f, 0.5f));
  for (int n = b.draw.integer(0, 30); n > 0; n--) {
    const float z = scale * b.draw.scale(2.5f, 40), x = b.draw.uniform(-0.8f, 0.8f) * z;
    const Spot spot{{x, 0, z}, b.draw.uniform(0, 6.3f), scale * b.draw.scale(0.3f, 3)};
    if (b.draw.chance(0.5f)) any_small_thing(b, spot);
    else if (b.draw.chance(0.5f)) tree(b, spot);
    else bush(b, spot);
  }
  static constexpr float (*subjects[])(Builder&, const Spot&) = {animal, animal, flower, flower, person, rock, any_small_thing, any_small_thing, any_furniture, bush};
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
