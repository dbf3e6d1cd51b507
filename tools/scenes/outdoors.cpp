// What stands outdoors.
#include "tools/scenes/builder.h"

namespace impasto::scenes {
namespace {

Colour green(Draws& draw) { return {draw.uniform(0.02f, 0.3f), draw.uniform(0.1f, 0.45f), draw.uniform(0.01f, 0.12f)}; }

}  // namespace

float tree(Builder& b, const Spot& s) {
  const float h = s.size * b.draw.uniform(1.2f, 2.5f), trunk = s.size * b.draw.uniform(0.05f, 0.14f);
  const Material bark = b.plain(Colour{0.2f, 0.13f, 0.08f} * b.draw.uniform(0.5f, 2)),
                 leaves = b.drawn(Texture::Kind::noise, 0.12f * s.size);
  Material crown = leaves;
  crown.texture.first = green(b.draw);
  crown.texture.second = crown.texture.first * b.draw.uniform(0.2f, 0.6f);
  b.part(s, Form::cylinder, {0, h, 0}, {trunk, h, trunk}, bark, 0, b.draw.uniform(-0.05f, 0.05f));
  if (b.draw.chance(0.3f)) {  // a fir
    const int rings = b.draw.integer(2, 5);
    for (int k = 0; k < rings; k++) {
      const float up = float(k) / float(rings), r = s.size * (1 - 0.75f * up) * 0.7f, half = 0.5f * s.size;
      b.part(s, Form::cone, {0, 0.7f * h + up * 1.8f * h, 0}, {r, half, r}, crown);
    }
  } else {
    for (int n = b.draw.integer(6, 30); n > 0; n--) {
      const float r = s.size * b.draw.uniform(0.15f, 0.5f);
      const Vec where{b.draw.uniform(-0.7f, 0.7f) * s.size, 2 * h + b.draw.uniform(-0.5f, 0.8f) * s.size,
                      b.draw.uniform(-0.7f, 0.7f) * s.size};
      b.part(s, Form::sphere, where, {r, r * b.draw.uniform(0.5f, 1), r}, crown);
    }
  }
  return 2 * h + s.size;
}

float bush(Builder& b, const Spot& s) {
  Material m = b.drawn(Texture::Kind::noise, 0.15f * s.size);
  m.texture.first = green(b.draw);
  m.texture.second = m.texture.first * b.draw.uniform(0.2f, 0.7f);
  for (int n = b.draw.integer(3, 14); n > 0; n--) {
    const float r = s.size * b.draw.uniform(0.2f, 0.6f);
    b.part(s, Form::sphere, {b.draw.uniform(-0.7f, 0.7f) * s.size, 0.7f * r, b.draw.uniform(-0.7f, 0.7f) * s.size}, {r, r, r}, m);
  }
  return s.size;
}

float person(Builder& b, const Spot& s) {  // spot.size: half the shoulders' width; 0.25 m for a grown one
  const float u = s.size * 4;              // metres to a tall metre
  const Material trousers = b.material(0.5f * u), shirt = b.material(0.5f * u);
  const Material skin = b.plain(mix({0.15f, 0.08f, 0.05f}, {0.85f, 0.6f, 0.48f}, b.draw.uniform())),
                 hair = b.plain(Colour{0.4f, 0.3f, 0.2f} * b.draw.uniform(0.1f, 1.6f));
  const float stride = b.draw.uniform(-0.3f, 0.3f);
  for (const float side : {-1.0f, 1.0f}) {
    b.part(s, Form::cylinder, {side * 0.1f * u, 0.42f * u, side * stride * 0.3f * u}, {0.075f * u, 0.42f * u, 0.075f * u}, trousers, 0,
           side * stride);
    b.part(s, Form::cylinder, {side * 0.25f * u, 1.1f * u, -side * stride * 0.2f * u}, {0.05f * u, 0.33f * u, 0.05f * u}, shirt, 0,
           -side * stride, side * b.draw.uniform(0, 0.3f));
    b.part(s, Form::sphere, {side * 0.27f * u, 0.76f * u, -side * stride * 0.3f * u}, {0.05f * u, 0.07f * u, 0.05f * u}, skin);
  }
  b.part(s, Form::cylinder, {0, 1.12f * u, 0}, {0.2f * u, 0.32f * u, 0.12f * u}, shirt);
  b.part(s, Form::sphere, {0, 1.42f * u, 0}, {0.21f * u, 0.08f * u, 0.12f * u}, shirt);
  b.part(s, Form::sphere, {0, 1.62f * u, 0}, {0.09f * u, 0.125f * u, 0.1f * u}, skin);
  b.part(s, Form::sphere, {0, 1.67f * u, 0.02f * u}, {0.1f * u, 0.1f * u, 0.11f * u}, hair);
  return 1.75f * u;
}

float car(Builder& b, const Spot& s) {
  const Material paint = b.plain(b.draw.colour()), glass = b.plain({0.05f, 0.06f, 0.08f}), rubber = b.plain({0.02f, 0.02f, 0.02f});
  b.part(s, Form::box, {0, 0.6f, 0}, {0.85f, 0.32f, 2.1f}, paint);
  b.part(s, Form::box, {0, 1.1f, 0.2f}, {0.75f, 0.28f, 1.1f}, glass);
  b.part(s, Form::box, {0, 1.38f, 0.2f}, {0.7f, 0.03f, 0.95f}, paint);
  for (const float x : {-0.8f, 0.8f})
    for (const float z : {-1.3f, 1.3f}) b.part(s, Form::cylinder, {x, 0.33f, z}, {0.33f, 0.1f, 0.33f}, rubber, 0, 0, 1.5708f);
  return 1.4f;
}

float post(Builder& b, const Spot& s) {
  const float h = b.draw.uniform(1, 4), r = b.draw.uniform(0.04f, 0.12f);
  const Material m = b.material(0.3f);
  b.part(s, Form::cylinder, {0, h, 0}, {r, h, r}, m);
  if (b.draw.chance(0.5f))
    b.part(s, Form::box, {0, 2 * h - 0.2f, -r}, {b.draw.uniform(0.2f, 0.5f), b.draw.uniform(0.1f, 0.4f), 0.02f}, b.material(0.5f));
  if (b.draw.chance(0.4f)) b.part(s, Form::sphere, {0, 2 * h, 0}, {0.2f, 0.2f, 0.2f}, b.material(0.3f));
  return 2 * h;
}

float building(Builder& b, const Spot& s, float depth, float height) {
  Material front = b.drawn(Texture::Kind::facade, b.draw.uniform(1.5f, 4));
  front.texture.turn = 0;
  if (b.draw.chance(0.2f)) front = b.material(8);
  b.part(s, Form::box, {0, height / 2, 0}, {s.size, height / 2, depth}, front);
  if (b.draw.chance(0.5f)) {  // a roof of two slopes
    const Material tiles = b.drawn(Texture::Kind::tiles, 0.4f);
    const float slope = b.draw.uniform(0.4f, 0.9f), run = 1.05f * s.size / std::cos(slope) / 2;
    for (const float side : {-1.0f, 1.0f})
      b.part(s, Form::box, {side * 0.5f * s.size, height + 0.5f * s.size * std::tan(slope), 0}, {run, 0.1f, 1.05f * depth}, tiles, 0, 0,
             side * slope);
  } else {
    b.part(s, Form::box, {0, height, 0}, {1.03f * s.size, 0.2f, 1.03f * depth}, b.material(2));
  }
  return height;
}

float animal(Builder& b, const Spot& s) {
  const Material fur = b.material(s.size);
  const float h = s.size * b.draw.uniform(0.5f, 1), r = s.size * b.draw.uniform(0.25f, 0.45f);
  for (const float x : {-0.5f, 0.5f})
    for (const float z : {-0.6f, 0.6f}) b.part(s, Form::cylinder, {x * r, h / 2, z * s.size}, {0.2f * r, h / 2, 0.2f * r}, fur);
  b.part(s, Form::sphere, {0, h + 0.5f * r, 0}, {r, r, s.size}, fur);
  const float head = h + b.draw.uniform(0.5f, 2) * r;
  b.part(s, Form::sphere, {0, head, -1.1f * s.size}, {0.5f * r, 0.55f * r, 0.7f * r}, fur);
  for (const float side : {-1.0f, 1.0f})
    b.part(s, Form::sphere, {side * 0.35f * r, head + 0.55f * r, -s.size}, {0.12f * r, 0.3f * r, 0.1f * r}, fur);
  return head + r;
}

float rock(Builder& b, const Spot& s) {
  const Material m = b.draw.chance(0.5f) ? b.drawn(Texture::Kind::noise, 0.3f * s.size) : b.material(2 * s.size);
  float top = 0;
  for (int n = b.draw.integer(1, 4); n > 0; n--) {
    const Vec half{s.size * b.draw.uniform(0.3f, 1), s.size * b.draw.uniform(0.2f, 0.7f), s.size * b.draw.uniform(0.3f, 1)};
    const Vec where{b.draw.uniform(-0.4f, 0.4f) * s.size, 0.6f * half.y, b.draw.uniform(-0.4f, 0.4f) * s.size};
    b.part(s, b.draw.chance(0.6f) ? Form::sphere : Form::box, where, half, m, b.draw.uniform(0, 3), b.draw.uniform(-0.4f, 0.4f),
           b.draw.uniform(-0.4f, 0.4f));
    top = std::max(top, 1.6f * half.y);
  }
  return top;
}

float flower(Builder& b, const Spot& s) {
  const float h = s.size * b.draw.uniform(0.6f, 1.6f), r = s.size * b.draw.uniform(0.25f, 0.5f), lean = b.draw.uniform(-0.9f, 0.6f);
  b.part(s, Form::cylinder, {0, h, 0}, {0.03f * s.size, h, 0.03f * s.size}, b.plain(green(b.draw)));
  const Material petal = b.plain(b.draw.colour());
  const Vec head{0, 2 * h, 0};
  const int petals = b.draw.integer(5, 14);
  for (int k = 0; k < petals; k++) {
    const float turn = 6.2832f * float(k) / float(petals);
    const Vec out{r * std::cos(turn), r * std::sin(turn) * std::sin(-lean), r * std::sin(turn) * std::cos(lean)};
    b.part(s, Form::sphere, head + out, {0.6f * r, 0.06f * r, 0.6f * r}, petal, 0, lean);
  }
  b.part(s, Form::sphere, head, {0.45f * r, 0.3f * r, 0.45f * r}, b.plain(b.draw.colour()));
  return 2 * h + r;
}

}  // namespace impasto::scenes
