// Shapes in object space, each about -1..1 in every direction, met by a ray.
#pragma once
#include <memory>
#include <vector>

#include "tools/scenes/draws.h"

namespace impasto::scenes {

struct Ray {
  Vec from, along;
};

/// Heights over a square, for ground and for cloth.
class Heights {
 public:
  static constexpr int side = 96;
  /// Hills of noise; `bumps` of them across; sharp: ridges.
  Heights(uint32_t seed, float bumps, bool sharp);
  /// x and z in -1..1; 0..1.
  float at(float x, float z) const;

 private:
  std::vector<float> values_;
};

enum class Form { box, sphere, cylinder, cone, square, terrain };

/// Where a ray meets a shape: t in lengths of ray.along, and the normal in object space, of any length.
struct Meeting {
  float t;
  Vec normal;
};

/// box: -1..1; sphere of radius 1; cylinder of radius 1, y in -1..1, with lids; cone: its tip at y = 1, its base of radius 1 at y = -1;
/// square: y = 0, x and z in -1..1, seen from both sides; terrain: y = 2 heights(x, z) - 1 over the square.
/// The nearest meeting with t in least..most, if there is one: then true.
bool meet(Form form, const Heights* heights, const Ray& ray, float least, float most, Meeting& meeting);

}  // namespace impasto::scenes
