// Rooms, and heaps of things on a table.
#include "tools/scenes/compose.h"

namespace impasto::scenes {
namespace {

void walls(Builder& b, float width, float height, float depth) {
  const Material wall = b.material(3), other = b.draw.chance(0.6f) ? wall : b.material(3);
  b.add(Form::square, {0, 0, depth / 2}, {width / 2, 1, depth / 2}, b.material(b.draw.uniform(0.5f, 3)));
  b.add(Form::square, {0, height, depth / 2}, {width / 2, 1, depth / 2}, b.plain({0.8f, 0.8f, 0.8f}));
  const float bottom = height / 2;
  b.add(Form::box, {0, bottom, depth + 0.05f}, {width / 2, bottom, 0.05f}, wall);
  b.add(Form::box, {0, bottom, -0.05f}, {width / 2, bottom, 0.05f}, wall);
  for (const float side : {-1.0f, 1.0f})
    b.add(Form::box, {side * (width / 2 + 0.05f), bottom, depth / 2}, {0.05f, bottom, depth / 2}, other);
  for (int n = b.draw.integer(0, 6); n > 0; n--) {  // pictures, doors and windows
    const bool at_side = b.draw.chance(0.6f), door = b.draw.chance(0.25f);
    const float w = door ? 0.45f : b.draw.uniform(0.15f, 0.8f), h = door ? 1 : b.draw.uniform(0.15f, 0.6f);
    const float y = door ? 1 : b.draw.uniform(1.0f, height - 0.7f), along = b.draw.uniform(-0.4f, 0.4f),
                side = b.draw.chance(0.5f) ? 1.0f : -1.0f;
    Material m = b.material(2 * w);
    if (!door && b.draw.chance(0.35f)) m.glow = b.draw.uniform(0.8f, 4);
    if (at_side)
      b.add(Form::box, {side * (width / 2 - 0.01f), y, depth * (0.5f + along)}, {0.02f, h, w}, m);
    else
      b.add(Form::box, {along * width, y, depth - 0.01f}, {w, h, 0.02f}, m);
  }
}

// Boards and books that lean on what is behind them.
void leaning(Builder& b, float reach, float back) {
  for (int n = b.draw.integer(0, 6); n > 0; n--) {
    const float half = b.draw.scale(0.06f, 0.4f), at = b.draw.uniform(0.1f, 0.95f);
    b.add(Form::box, {b.draw.uniform(-reach, reach), half * 0.95f, at * back},
          {b.draw.uniform(0.08f, 0.5f), half, b.draw.scale(0.006f, 0.05f)}, b.material(0.5f), b.draw.uniform(-0.3f, 0.3f),
          b.draw.uniform(-0.4f, 0), b.draw.chance(0.2f) ? b.draw.uniform(-0.4f, 0.4f) : 0);
  }
}

// Rows of things, each on a step that is higher than the one before it, as on a market stall.
void tiers(Builder& b, float reach, float back) {
  if (b.draw.chance(0.35f)) return;
  const int rows = b.draw.integer(2, 5);
  const float first = b.draw.uniform(-0.5f, 0), rise = b.draw.uniform(0, 0.18f), deep = (0.9f * back - first) / float(rows);
  for (int row = 0; row < rows; row++) {
    const float z = first + (float(row) + 0.5f) * deep, top = rise * float(row);
    if (top > 0.02f) b.add(Form::box, {0, top / 2, z + deep / 2}, {3, top / 2, deep}, b.material(0.6f));
    for (float x = -1.3f * reach; x < 1.3f * reach;) {
      const float size = b.draw.scale(0.04f, 0.18f);
      x += size;
      if (b.draw.chance(0.75f)) any_small_thing(b, {{x, top, z + b.draw.uniform(-0.3f, 0.3f) * deep}, b.draw.uniform(0, 6.3f), size});
      x += size + b.draw.uniform(0, 0.15f);
    }
  }
}

// Each thing on whatever already lies where it comes down.
void pile(Builder& b, float reach, float back) {
  constexpr int cells = 24;
  std::vector<float> heights(cells * cells);
  for (int n = b.draw.integer(2, 24); n > 0; n--) {
    const float size = b.draw.scale(0.05f, 0.3f), x = b.draw.uniform(-reach, reach),
                z = b.draw.uniform(-0.5f * reach, std::min(reach, 0.9f * back));
    const int i = int((x / reach + 1) / 2 * (cells - 1)), j = int((z / reach + 1) / 2 * (cells - 1)), wide = int(size / reach * cells / 2);
    float ground = 0;
    const auto around = [&](auto f) {
      for (int v = std::max(0, j - wide); v <= std::min(cells - 1, j + wide); v++)
        for (int u = std::max(0, i - wide); u <= std::min(cells - 1, i + wide); u++) f(heights[size_t(v * cells + u)]);
    };
    around([&](float h) { ground = std::max(ground, h); });
    if (ground > 0.5f) continue;
    const float top = ground + any_small_thing(b, {{x, ground, z}, b.draw.uniform(0, 6.3f), size});
    around([&](float& h) { h = top; });
  }
}

}  // namespace

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
    const float top = table(b, {{eye.x + b.draw.uniform(-0.3f, 0.3f), 0, eye.z + away + deep}, b.draw.uniform(-0.6f, 0.6f), half},
                            b.draw.uniform(0.65f, 0.85f), deep);
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
    if (b.free_spot({0, 0, 0.65f * depth}, {0.3f * width, 0, 0.25f * depth}, 0.3f, at))
      person(b, {at, b.draw.uniform(0, 6.3f), b.draw.uniform(0.22f, 0.26f)});
  }
  b.scene.camera = camera(b.draw, eye, look, b.draw.uniform(45, 80));
}

void heap(Builder& b) {
  const float back = b.draw.uniform(0.5f, 1.8f), reach = b.draw.uniform(0.4f, 0.9f);
  const bool straight = b.draw.chance(0.8f);  // taken from in front, as still lifes are
  if (b.draw.chance(0.85f))
    b.add(Form::square, {0, 0, 0}, {6, 1, 6}, b.material(b.draw.uniform(0.5f, 2)));
  else
    b.terrain({-4, -0.4f, -4}, {4, 0.25f, 4}, b.draw.uniform(4, 16), false, b.material(1));
  const float turn = straight ? b.draw.uniform(-0.08f, 0.08f) : b.draw.uniform(-0.5f, 0.5f);
  b.add(Form::box, turned(turn).out({0, 0, back}), {7, 5, 0.05f}, b.material(b.draw.uniform(0.5f, 3)), turn,
        b.draw.chance(0.3f) ? b.draw.uniform(-0.3f, 0.1f) : 0);
  if (b.draw.chance(0.25f))
    b.terrain({-3, -0.2f, 0.1f}, {3, b.draw.uniform(0.3f, 1.2f), back + 0.5f}, b.draw.uniform(3, 16), b.draw.chance(0.5f), b.material(1));
  lamps(b, {-2, 0, -3}, {2, 4, back});
  leaning(b, reach, back);
  tiers(b, reach, back);
  pile(b, reach, back);
  const float away = b.draw.uniform(1.2f, 2.6f), pitch = b.draw.uniform(0, 0.45f), yaw = straight ? 0.1f : 0.5f;
  const Vec look{b.draw.uniform(-0.2f, 0.2f), b.draw.uniform(0.05f, 0.4f), b.draw.uniform(-0.1f, 0.3f)};
  b.scene.camera = camera(b.draw, look + turned(b.draw.uniform(-yaw, yaw), -pitch).ahead * -away, look, b.draw.uniform(18, 45));
}

}  // namespace impasto::scenes
