// Puts things into a scene.
#pragma once
#include "tools/scenes/scene.h"

namespace impasto::scenes {

/// Where a thing stands: the middle of its foot, which way it is turned, and half its width, in metres.
struct Spot {
  Vec at;
  float yaw = 0, size = 0.5f;
};

class Builder {
 public:
  Builder(uint64_t seed, const std::vector<Photo>& photos) : draw(seed), photos_(photos) {}

  Draws draw;
  Scene scene;

  /// Of something so wide, in metres.
  Material material(float width);
  Material drawn(Texture::Kind kind, float size) { return finished(texture_of(kind, draw, size)); }
  Material plain(Colour colour);

  Thing& add(Form form, Vec centre, Vec half, const Material& material, float yaw = 0, float pitch = 0, float roll = 0);
  /// A box, cylinder, sphere or cone that stands on the spot; `where` and the part's middle height in metres, turned with the spot.
  Thing& part(const Spot& spot, Form form, Vec where, Vec half, const Material& material, float yaw = 0, float pitch = 0, float roll = 0);
  /// Ground or cloth, low..high in y.
  Thing& terrain(Vec corner_low, Vec corner_high, float bumps, bool sharp, const Material& material);

  /// A place in a square of half width `reach` around `middle` where nothing within `radius` stands yet; false if none was found.
  bool free_spot(Vec middle, Vec reach, float radius, Vec& found);
  void keep_free(Vec at, float radius) { taken_.push_back({at, radius}); }

 private:
  Material finished(Texture texture);
  const std::vector<Photo>& photos_;
  std::vector<std::pair<Vec, float>> taken_;
};

// Each stands on the spot; the height it reaches, in metres.
float any_small_thing(Builder& b, const Spot& spot);  // what lies on tables, of half width spot.size
float any_furniture(Builder& b, const Spot& spot);
float table(Builder& b, const Spot& spot, float height, float depth);
float shelf(Builder& b, const Spot& spot);
float tree(Builder& b, const Spot& spot);
float bush(Builder& b, const Spot& spot);
float person(Builder& b, const Spot& spot);
float car(Builder& b, const Spot& spot);
float post(Builder& b, const Spot& spot);
float building(Builder& b, const Spot& spot, float depth, float height);
float animal(Builder& b, const Spot& spot);
float rock(Builder& b, const Spot& spot);
float flower(Builder& b, const Spot& spot);

}  // namespace impasto::scenes
