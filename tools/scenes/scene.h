// A scene: things, lights, a sky and the camera that sees them.
#pragma once
#include <memory>
#include <vector>

#include "tools/scenes/shape.h"
#include "tools/scenes/texture.h"

namespace impasto::scenes {

struct Material {
  Texture texture;
  float gloss = 0;   // height of the highlight
  float shine = 20;  // its sharpness, Blinn and Phong's exponent
  float glow = 0;    // light of its own
};

struct Thing {
  Form form = Form::box;
  Place place;
  Material material;
  std::shared_ptr<const Heights> heights = nullptr;  // of terrain
};

/// A lamp at a point, or, with `sun`, light from a direction.
struct Light {
  Vec at;
  Colour colour{1, 1, 1};
  bool sun = false;
};

struct Sky {
  Colour high{0.3f, 0.5f, 0.9f}, low{0.8f, 0.85f, 0.9f}, below{0.3f, 0.3f, 0.3f};
  float clouds = 0;
  uint32_t seed = 0;
  Colour at(Vec direction) const;
};

struct Camera {
  Vec at;
  Frame frame;
  float width = 1;  // of the picture plane one metre ahead
};

struct Scene {
  std::vector<Thing> things;
  std::vector<Light> lights;
  Colour ambient{0.3f, 0.3f, 0.3f};
  Sky sky;
  Camera camera;
  float fog = 0;  // part of the light lost a metre
  Colour fog_colour{0.7f, 0.75f, 0.8f};
};

/// What a ray meets first.
struct Hit {
  float t;
  const Thing* thing;
  Vec place, normal;  // the normal towards where the ray comes from
};

/// The things of a scene in a tree of boxes. The scene must outlive it and not change.
class Tracer {
 public:
  explicit Tracer(const Scene& scene);
  /// Lengths of ray.along are metres.
  bool first(const Ray& ray, float most, Hit& hit) const;
  /// Whether anything stands within `most`.
  bool blocked(const Ray& ray, float most) const;

 private:
  struct Node {
    Vec low, high;
    int left = -1, right = -1;  // inner nodes
    int begin = 0, end = 0;     // leaves: of order_
  };
  int grow(int begin, int end);
  template <class F>
  void walk(const Ray& ray, float& most, F meet_thing) const;

  const Scene& scene_;
  std::vector<Vec> low_, high_;
  std::vector<int> order_;
  std::vector<Node> nodes_;
};

}  // namespace impasto::scenes
