// Points and directions in metres: x to the right, y up, z ahead.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>

namespace impasto::scenes {

struct Vec {
  float x = 0, y = 0, z = 0;
  float operator[](int axis) const { return axis == 0 ? x : axis == 1 ? y : z; }
};
inline Vec operator+(Vec a, Vec b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec operator-(Vec a, Vec b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec operator*(Vec a, Vec b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
inline Vec operator*(Vec a, float s) { return {a.x * s, a.y * s, a.z * s}; }
inline Vec operator-(Vec a) { return {-a.x, -a.y, -a.z}; }
inline float dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec cross(Vec a, Vec b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
inline float length(Vec a) { return std::sqrt(dot(a, a)); }
inline Vec unit(Vec a) { return a * (1 / std::max(length(a), 1e-20f)); }
inline Vec mix(Vec a, Vec b, float t) { return a + (b - a) * std::clamp(t, 0.0f, 1.0f); }
inline Vec least(Vec a, Vec b) { return {std::min(a.x, b.x), std::min(a.y, b.y), std::min(a.z, b.z)}; }
inline Vec most(Vec a, Vec b) { return {std::max(a.x, b.x), std::max(a.y, b.y), std::max(a.z, b.z)}; }

/// Red, green and blue light, linear; 1 is white paper in full light.
using Colour = Vec;

/// Three directions at right angles, each of length 1.
struct Frame {
  Vec right{1, 0, 0}, up{0, 1, 0}, ahead{0, 0, 1};
  Vec out(Vec local) const { return right * local.x + up * local.y + ahead * local.z; }
  Vec in(Vec world) const { return {dot(world, right), dot(world, up), dot(world, ahead)}; }
};

/// Turned by radians: about the vertical to the right, then nose up, then leaning to the right.
inline Frame turned(float yaw, float pitch = 0, float roll = 0) {
  const float cy = std::cos(yaw), sy = std::sin(yaw), cp = std::cos(pitch), sp = std::sin(pitch), cr = std::cos(roll), sr = std::sin(roll);
  const Vec ahead{sy * cp, sp, cy * cp}, level{cy, 0, -sy}, up = cross(ahead, level);
  return {level * cr - up * sr, up * cr + level * sr, ahead};
}

/// From object space, where a shape is about 2 wide, to the world.
struct Place {
  Vec centre, half{1, 1, 1};  // metres
  Frame frame;
  Vec to_object(Vec world) const {
    const Vec p = frame.in(world - centre);
    return {p.x / half.x, p.y / half.y, p.z / half.z};
  }
  Vec direction_to_object(Vec world) const {
    const Vec d = frame.in(world);
    return {d.x / half.x, d.y / half.y, d.z / half.z};
  }
  Vec normal_to_world(Vec n) const { return unit(frame.out({n.x / half.x, n.y / half.y, n.z / half.z})); }
};

}  // namespace impasto::scenes
