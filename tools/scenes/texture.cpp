#include "tools/scenes/texture.h"

#include <filesystem>

#include "engine/error.h"
#include "loaders/picture_set.h"
#include "loaders/resize.h"
#include "tools/scenes/noise.h"

namespace impasto::scenes {
namespace {

constexpr int photo_side = 320;
constexpr float photo_share = 0.2f;  // more, and no edge of a thing can be told from one within a photograph

float linear(float v) { return v * v; }  // near enough to the display's curve

int mirrored(int i, int size) {
  const int period = 2 * size, at = ((i % period) + period) % period;
  return at < size ? at : period - 1 - at;
}

// Whether a brick's or tile's joint runs through the place; else which one it is.
bool joint(float u, float v, bool shifted, int& i, int& j) {
  j = int(std::floor(v));
  const float along = u + (shifted && (j & 1) ? 0.5f : 0);
  i = int(std::floor(along));
  return along - float(i) < 0.05f || v - float(j) < 0.1f;
}

}  // namespace

Colour Photo::at(float u, float v) const {
  const float fu = std::floor(u), fv = std::floor(v), a = u - fu, b = v - fv;
  const int x0 = mirrored(int(fu), width), x1 = mirrored(int(fu) + 1, width), y0 = mirrored(int(fv), height),
            y1 = mirrored(int(fv) + 1, height);
  const auto channel = [&](int c) {
    const auto texel = [&](int x, int y) { return float(rgb[(size_t(y) * size_t(width) + size_t(x)) * 3 + size_t(c)]); };
    const float top = texel(x0, y0) + (texel(x1, y0) - texel(x0, y0)) * a, low = texel(x0, y1) + (texel(x1, y1) - texel(x0, y1)) * a;
    return linear((top + (low - top) * b) / 255);
  };
  return {channel(0), channel(1), channel(2)};
}

std::vector<Photo> read_photos(const std::string& folder, int count) {
  const auto set = open_picture_set(folder, Split::train);
  std::vector<Photo> photos;
  for (int64_t i = 0; i < set->size() && int(photos.size()) < count; i++) {
    Picture picture;
    try {
      picture = set->read(i, photo_side);
    } catch (const FileError&) {
      continue;
    }
    if (std::min(picture.width, picture.height) < 32) continue;
    picture = resize_longest(picture, std::min(photo_side, std::max(picture.width, picture.height)));
    Photo photo{picture.width, picture.height, std::vector<uint8_t>(picture.rgb.size())};
    for (size_t p = 0; p < picture.pixels(); p++)
      for (size_t c = 0; c < 3; c++)
        photo.rgb[3 * p + c] = uint8_t(std::lround(255 * std::clamp(picture.rgb[c * picture.pixels() + p], 0.0f, 1.0f)));
    photos.push_back(std::move(photo));
  }
  if (photos.empty()) throw UsageError(folder + ": no photograph in it can be read; give another folder, or none for drawn textures alone");
  return photos;
}

Colour Texture::at(Vec place, int axis) const {
  const float a = axis == 0 ? place.z : place.x, b = axis == 1 ? place.z : -place.y;
  const float c = std::cos(turn), s = std::sin(turn);
  const float p = c * a + s * b + u, q = c * b - s * a + v;
  const auto whole = [](float t) { return int(std::floor(t)); };
  const Vec around = place * (1 / size) + Vec{u, v, u - v};
  Colour colour = first;
  int i = 0, j = 0;
  switch (kind) {
    case Kind::plain:
      break;
    case Kind::photo:
      colour = photo->at(p * size, q * size);
      break;
    case Kind::noise:
      colour = mix(first, second, 2.4f * cloudy(around, 4, seed) - 0.7f);
      break;
    case Kind::marble:
      colour = mix(first, second, 0.5f + 0.5f * std::sin(5 * around.x + 9 * cloudy(around, 4, seed)));
      break;
    case Kind::wood:
      colour = mix(first, second, 0.5f + 0.5f * std::sin(14 * q / size + 6 * cloudy({p / size * 0.3f, q / size * 3, 0}, 3, seed)));
      break;
    case Kind::stripes:
      colour = whole(p / size) & 1 ? second : first;
      break;
    case Kind::checker:
      colour = (whole(p / size) + whole(q / size)) & 1 ? second : first;
      break;
    case Kind::bricks:
    case Kind::tiles: {
      const bool in_joint = joint(p / size / (kind == Kind::bricks ? 2 : 1), q / size, kind == Kind::bricks, i, j);
      colour = in_joint ? second : first * (0.75f + 0.5f * hashed(i, j, 0, seed));
      break;
    }
    case Kind::dots: {
      const float x = p / size - std::floor(p / size) - 0.5f, y = q / size - std::floor(q / size) - 0.5f;
      colour = x * x + y * y < 0.09f ? second : first;
      break;
    }
    case Kind::facade: {  // windows, some lit
      const float x = p / size - std::floor(p / size), y = q / (1.2f * size) - std::floor(q / (1.2f * size));
      const bool window = x > 0.25f && x < 0.75f && y > 0.2f && y < 0.8f;
      const float pane = hashed(whole(p / size), whole(q / (1.2f * size)), 1, seed);
      colour = window ? second * (0.4f + pane * (pane > 0.8f ? 2 : 0.7f)) : first;
      break;
    }
    case Kind::text: {  // lines of words
      const int line = whole(q / size);
      const bool word = hashed(whole(p / size * 0.7f), line, 0, seed) > 0.25f && q / size - float(line) > 0.45f;
      colour = word && hashed(whole(p / size * 5), line, 1, seed) > 0.35f ? second : first;
      break;
    }
  }
  if (speckle > 0) colour = colour * (1 + speckle * (noise(place * (9 / size) + Vec{u, v, 0}, seed ^ 77) - 0.5f));
  return colour;
}

Texture texture_of(Texture::Kind kind, Draws& draw, float size) {
  Texture t{kind, draw.colour(), draw.colour(), nullptr, size, draw.chance(0.5f) ? 0 : draw.uniform(-1.6f, 1.6f)};
  if (draw.chance(0.8f)) t.second = t.first * draw.uniform(0.5f, 1.3f);  // shades of one colour
  t.u = draw.uniform(0, 50);
  t.v = draw.uniform(0, 50);
  t.seed = draw.bits();
  t.speckle = draw.chance(0.25f) ? draw.uniform(0.1f, 0.4f) : 0;
  return t;
}

Texture any_texture(Draws& draw, const std::vector<Photo>& photos, float width) {
  using Kind = Texture::Kind;
  if (!photos.empty() && draw.chance(photo_share)) {
    Texture t = texture_of(Kind::photo, draw, photo_side / width * draw.scale(0.25f, 1.2f));
    t.photo = &photos[size_t(draw.integer(0, int(photos.size()) - 1))];
    t.u *= 20;
    t.v *= 20;
    t.speckle = 0;
    return t;
  }
  static const Kind drawn[] = {Kind::plain,   Kind::plain,   Kind::plain, Kind::plain, Kind::plain, Kind::plain,
                               Kind::plain,   Kind::noise,   Kind::noise, Kind::noise, Kind::wood,  Kind::marble,
                               Kind::stripes, Kind::checker, Kind::dots,  Kind::text,  Kind::bricks};
  return texture_of(draw.one_of(drawn), draw, width * draw.scale(0.02f, 0.6f));
}

}  // namespace impasto::scenes
