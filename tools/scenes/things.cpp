// What stands on tables, and furniture.
#include "tools/scenes/builder.h"

namespace impasto::scenes {
namespace {

float box(Builder& b, const Spot& s) {
  const Vec half{s.size * b.draw.uniform(0.4f, 1), s.size * b.draw.scale(0.1f, 1.3f), s.size * b.draw.uniform(0.4f, 1)};
  b.part(s, Form::box, {0, half.y, 0}, half, b.material(2 * s.size));
  return 2 * half.y;
}

float books(Builder& b, const Spot& s) {
  float top = 0;
  for (int n = b.draw.integer(1, 6); n > 0; n--) {
    const float thick = s.size * b.draw.uniform(0.05f, 0.2f), wide = s.size * b.draw.uniform(0.6f, 1);
    b.part(s, Form::box, {0, top + thick, 0}, {wide, thick, wide * b.draw.uniform(0.6f, 0.8f)}, b.material(2 * wide),
           b.draw.uniform(-0.3f, 0.3f));
    top += 2 * thick;
  }
  return top;
}

float can(Builder& b, const Spot& s) {
  const float r = s.size * b.draw.uniform(0.3f, 0.8f), h = s.size * b.draw.scale(0.3f, 1.6f);
  b.part(s, Form::cylinder, {0, h, 0}, {r, h, r}, b.material(2 * r));
  return 2 * h;
}

float bottle(Builder& b, const Spot& s) {
  const Material m = b.material(s.size);
  const float r = s.size * b.draw.uniform(0.2f, 0.4f), h = s.size * b.draw.uniform(0.5f, 1), neck = 0.35f * r;
  b.part(s, Form::cylinder, {0, h, 0}, {r, h, r}, m);
  b.part(s, Form::cone, {0, 2 * h + r, 0}, {r, r, r}, m);
  b.part(s, Form::cylinder, {0, 2 * h + 1.2f * r, 0}, {neck, r, neck}, m);
  return 2 * h + 2.2f * r;
}

float ball(Builder& b, const Spot& s) {
  const float r = s.size * b.draw.uniform(0.3f, 0.9f);
  b.part(s, Form::sphere, {0, r, 0}, {r, r, r}, b.material(2 * r));
  return 2 * r;
}

float pyramid(Builder& b, const Spot& s) {
  const float r = s.size * b.draw.uniform(0.4f, 0.9f), h = s.size * b.draw.uniform(0.5f, 1.5f);
  b.part(s, Form::cone, {0, h, 0}, {r, h, r}, b.material(2 * r));
  return 2 * h;
}

float vase(Builder& b, const Spot& s) {
  const Material m = b.material(s.size);
  const float r = s.size * b.draw.uniform(0.4f, 0.7f), h = r * b.draw.uniform(0.8f, 1.8f);
  b.part(s, Form::sphere, {0, h, 0}, {r, h, r}, m);
  b.part(s, Form::cylinder, {0, 2 * h, 0}, {0.45f * r, 0.3f * h, 0.45f * r}, m);
  return 2.3f * h;
}

float plant(Builder& b, const Spot& s) {
  const float r = 0.4f * s.size, h = r * b.draw.uniform(0.6f, 1.2f);
  b.part(s, Form::cylinder, {0, h, 0}, {r, h, r}, b.material(2 * r));
  const Material leaf = b.plain({b.draw.uniform(0.02f, 0.25f), b.draw.uniform(0.15f, 0.5f), b.draw.uniform(0.02f, 0.15f)});
  const float length = s.size * b.draw.uniform(0.5f, 1.1f), width = length * b.draw.uniform(0.08f, 0.35f);
  for (int n = b.draw.integer(7, 26); n > 0; n--) {
    const float yaw = b.draw.uniform(0, 6.3f), rise = b.draw.uniform(0.1f, 1.4f);
    const Frame f = turned(yaw, rise);
    b.add(Form::sphere, s.at + Vec{0, 2 * h, 0} + f.ahead * length, {width, 0.06f * width + 1e-3f, length}, leaf, yaw, rise,
          b.draw.uniform(-0.5f, 0.5f));
  }
  return 2 * h + 2 * length;
}

float lamp(Builder& b, const Spot& s) {
  const Material metal = b.material(s.size);
  const float h = s.size * b.draw.uniform(0.8f, 1.6f), shade = s.size * b.draw.uniform(0.4f, 0.8f);
  b.part(s, Form::cylinder, {0, 0.03f * h, 0}, {0.4f * s.size, 0.03f * h, 0.4f * s.size}, metal);
  b.part(s, Form::cylinder, {0, h, 0}, {0.04f * s.size, h, 0.04f * s.size}, metal);
  Material paper = b.material(s.size);
  paper.glow = b.draw.chance(0.4f) ? b.draw.uniform(0.3f, 1.5f) : 0;
  b.part(s, b.draw.chance(0.5f) ? Form::cone : Form::cylinder, {0, 2 * h, 0}, {shade, 0.7f * shade, shade}, paper);
  return 2 * h + 0.7f * shade;
}

float monitor(Builder& b, const Spot& s) {
  const Material shell = b.plain(Colour{1, 1, 1} * b.draw.uniform(0.02f, 0.7f));
  const float w = s.size, h = w * b.draw.uniform(0.5f, 0.8f), foot = 0.25f * h;
  b.part(s, Form::box, {0, 0.02f * h, 0}, {0.4f * w, 0.02f * h, 0.3f * w}, shell);
  b.part(s, Form::box, {0, foot, 0.05f * w}, {0.07f * w, foot, 0.03f * w}, shell);
  b.part(s, Form::box, {0, 1.5f * foot + h, 0}, {w, h, 0.05f * w}, shell);
  Material screen = b.material(2 * w);
  screen.glow = b.draw.chance(0.6f) ? b.draw.uniform(0.3f, 1.2f) : 0;
  b.part(s, Form::box, {0, 1.5f * foot + h, -0.052f * w}, {0.93f * w, 0.9f * h, 0.005f * w}, screen);
  return 1.5f * foot + 2 * h;
}

float board(Builder& b, const Spot& s) {  // leaning back
  const float h = s.size * b.draw.uniform(0.6f, 1.2f), lean = b.draw.uniform(0.1f, 0.5f);
  b.part(s, Form::box, {0, h * std::cos(lean), 0}, {s.size * b.draw.uniform(0.4f, 1), h, 0.03f * s.size}, b.material(2 * s.size), 0, -lean);
  return 2 * h;
}

float paper(Builder& b, const Spot& s) {
  b.part(s, Form::box, {0, 0.005f * s.size, 0}, {s.size * 0.9f, 0.01f * s.size, s.size * 0.65f}, b.material(2 * s.size));
  return 0.01f * s.size;
}

void legs(Builder& b, const Spot& s, float x, float z, float height, const Material& m) {
  const float r = 0.02f + 0.02f * b.draw.uniform();
  for (const float i : {-1.0f, 1.0f})
    for (const float j : {-1.0f, 1.0f}) b.part(s, Form::box, {i * x, height / 2, j * z}, {r, height / 2, r}, m);
}

float chair(Builder& b, const Spot& s) {
  const Material frame = b.material(0.5f), seat = b.material(0.5f);
  const float h = b.draw.uniform(0.4f, 0.5f), w = b.draw.uniform(0.2f, 0.28f);
  legs(b, s, 0.9f * w, 0.9f * w, h, frame);
  b.part(s, Form::box, {0, h, 0}, {w, 0.03f, w}, seat);
  b.part(s, Form::box, {0, h + 0.3f, 0.95f * w}, {w, b.draw.uniform(0.1f, 0.28f), 0.025f}, seat, 0, -0.1f);
  return h + 0.5f;
}

float sofa(Builder& b, const Spot& s) {
  const Material m = b.material(1.5f);
  const float w = b.draw.uniform(0.5f, 1.1f);
  b.part(s, Form::box, {0, 0.22f, 0}, {w, 0.22f, 0.4f}, m);
  b.part(s, Form::box, {0, 0.5f, 0.35f}, {w, 0.35f, 0.12f}, m);
  for (const float side : {-1.0f, 1.0f}) b.part(s, Form::box, {side * w, 0.3f, 0}, {0.1f, 0.3f, 0.42f}, m);
  if (b.draw.chance(0.5f))
    b.part(s, Form::sphere, {b.draw.uniform(-0.5f, 0.5f), 0.6f, 0.15f}, {0.2f, 0.2f, 0.08f}, b.material(0.4f), 0, -0.3f);
  return 0.85f;
}

float cabinet(Builder& b, const Spot& s) {
  const Material m = b.material(1), front = b.material(1);
  const float w = b.draw.uniform(0.3f, 0.8f), h = b.draw.scale(0.3f, 1.1f), d = b.draw.uniform(0.2f, 0.35f);
  b.part(s, Form::box, {0, h, 0}, {w, h, d}, m);
  const int drawers = b.draw.integer(1, 5);
  for (int k = 0; k < drawers; k++) {
    const float y = 2 * h * (float(k) + 0.5f) / float(drawers);
    b.part(s, Form::box, {0, y, -d}, {0.94f * w, 0.9f * h / float(drawers), 0.012f}, front);
    b.part(s, Form::sphere, {0, y, -d - 0.02f}, {0.03f, 0.015f, 0.015f}, m);
  }
  return 2 * h;
}

float bed(Builder& b, const Spot& s) {
  b.part(s, Form::box, {0, 0.22f, 0}, {0.5f, 0.22f, 1}, b.material(1.5f));
  b.part(s, Form::sphere, {0, 0.5f, 0.8f}, {0.32f, 0.1f, 0.2f}, b.material(0.5f));
  b.part(s, Form::box, {0, 0.45f, 1.02f}, {0.52f, 0.45f, 0.03f}, b.material(1));
  return 0.55f;
}

float desk_with_things(Builder& b, const Spot& s) {
  const float depth = b.draw.uniform(0.3f, 0.45f), top = table(b, s, b.draw.uniform(0.68f, 0.8f), depth);
  for (int n = b.draw.integer(1, 7); n > 0; n--) {
    Vec at;
    const float size = b.draw.scale(0.05f, 0.25f);
    const Vec middle = s.at + Vec{0, top, 0};
    if (b.free_spot(middle, {0.6f * s.size, 0, 0.6f * depth}, 0.8f * size, at)) any_small_thing(b, {at, b.draw.uniform(0, 6.3f), size});
  }
  return top + 0.4f;
}

}  // namespace

float any_small_thing(Builder& b, const Spot& spot) {
  static constexpr float (*all[])(Builder&, const Spot&) = {box,  box,   box,  books,   books, can,   can,    bottle, ball,   pyramid,
                                                            vase, plant, lamp, monitor, board, paper, animal, person, flower, rock};
  return b.draw.one_of(all)(b, spot);
}

float any_furniture(Builder& b, const Spot& spot) {
  static constexpr float (*all[])(Builder&, const Spot&) = {
      chair, chair, chair, sofa, cabinet, cabinet, bed, desk_with_things, desk_with_things, shelf, shelf, box, lamp, plant};
  return b.draw.one_of(all)(b, spot);
}

float table(Builder& b, const Spot& s, float height, float depth) {
  const Material top = b.material(2 * s.size), below = b.draw.chance(0.5f) ? top : b.material(0.3f);
  b.part(s, Form::box, {0, height - 0.02f, 0}, {s.size, 0.02f, depth}, top);
  if (b.draw.chance(0.6f)) {
    legs(b, s, 0.92f * s.size, 0.9f * depth, height - 0.04f, below);
  } else {
    for (const float side : {-1.0f, 1.0f})
      b.part(s, Form::box, {side * 0.92f * s.size, height / 2 - 0.02f, 0}, {0.02f, height / 2 - 0.02f, 0.9f * depth}, below);
  }
  return height;
}

float shelf(Builder& b, const Spot& s) {
  const Material wood = b.material(1.5f);
  const float w = b.draw.uniform(0.3f, 0.7f), h = b.draw.uniform(0.4f, 1.1f), d = 0.15f;
  for (const float side : {-1.0f, 1.0f}) b.part(s, Form::box, {side * w, h, 0}, {0.015f, h, d}, wood);
  if (b.draw.chance(0.7f)) b.part(s, Form::box, {0, h, d}, {w, h, 0.01f}, wood);
  const int boards = b.draw.integer(2, 5);
  for (int k = 0; k <= boards; k++) {
    const float y = 2 * h * float(k) / float(boards), room = 2 * h / float(boards);
    b.part(s, Form::box, {0, y, 0}, {w, 0.012f, d}, wood);
    if (k == boards) break;
    for (float x = -0.95f * w; x < 0.9f * w;) {  // books and gaps
      const float thick = b.draw.uniform(0.01f, 0.035f);
      if (b.draw.chance(0.75f)) {
        const float tall = room * b.draw.uniform(0.25f, 0.42f);
        b.part(s, Form::box, {x + thick, y + tall, -0.02f}, {thick, tall, b.draw.uniform(0.06f, 0.12f)},
               b.drawn(Texture::Kind::stripes, 0.05f));
      } else {
        x += b.draw.uniform(0, 0.2f);
      }
      x += 2 * thick;
    }
  }
  return 2 * h;
}

}  // namespace impasto::scenes
