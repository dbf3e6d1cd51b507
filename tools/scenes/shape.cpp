#include "tools/scenes/shape.h"

#include "tools/scenes/noise.h"

namespace impasto::scenes {
namespace {

// The part of a ray between y, x, z = -1 and 1; which axis it enters by.
bool slabs(const Ray& ray, float& enter, float& leave, int& entered_by, int& left_by) {
  for (int axis = 0; axis < 3; axis++) {
    const float from = ray.from[axis], along = ray.along[axis];
    if (std::abs(along) < 1e-12f) {
      if (std::abs(from) > 1) return false;
      continue;
    }
    float a = (-1 - from) / along, b = (1 - from) / along;
    if (a > b) std::swap(a, b);
    if (a > enter) enter = a, entered_by = axis;
    if (b < leave) leave = b, left_by = axis;
  }
  return enter <= leave;
}

Vec axis_normal(int axis, float sign) { return {axis == 0 ? sign : 0, axis == 1 ? sign : 0, axis == 2 ? sign : 0}; }

bool meet_box(const Ray& ray, float least, float most, Meeting& m) {
  float enter = -1e30f, leave = 1e30f;
  int by = 0, out = 0;
  if (!slabs(ray, enter, leave, by, out)) return false;
  const bool outside = enter >= least;
  m.t = outside ? enter : leave;
  const int axis = outside ? by : out;
  m.normal = axis_normal(axis, outside ? (ray.along[axis] > 0 ? -1.0f : 1.0f) : (ray.along[axis] > 0 ? 1.0f : -1.0f));
  return m.t >= least && m.t <= most;
}

// a t^2 + 2 b t + c = 0: the first root within the limits of which `accept` approves.
template <class F>
bool first_root(float a, float b, float c, float least, float most, float& t, F accept) {
  const float d = b * b - a * c;
  if (d < 0 || std::abs(a) < 1e-20f) return false;
  const float root = std::sqrt(d);
  float near = (-b - root) / a, far = (-b + root) / a;
  if (near > far) std::swap(near, far);
  for (const float each : {near, far})
    if (each >= least && each <= most && accept(each)) {
      t = each;
      return true;
    }
  return false;
}

bool meet_sphere(const Ray& r, float least, float most, Meeting& m) {
  if (!first_root(dot(r.along, r.along), dot(r.from, r.along), dot(r.from, r.from) - 1, least, most, m.t, [](float) { return true; }))
    return false;
  m.normal = r.from + r.along * m.t;
  return true;
}

// A lid of radius 1 at a height.
bool meet_lid(const Ray& r, float y, float least, float most, Meeting& m) {
  if (std::abs(r.along.y) < 1e-12f) return false;
  const float t = (y - r.from.y) / r.along.y, x = r.from.x + t * r.along.x, z = r.from.z + t * r.along.z;
  if (t < least || t > most || x * x + z * z > 1) return false;
  m = {t, {0, y, 0}};
  return true;
}

bool meet_cylinder(const Ray& r, float least, float most, Meeting& m) {
  bool met = false;
  float t;
  const auto within = [&](float at) { return std::abs(r.from.y + at * r.along.y) <= 1; };
  if (first_root(r.along.x * r.along.x + r.along.z * r.along.z, r.from.x * r.along.x + r.from.z * r.along.z,
                 r.from.x * r.from.x + r.from.z * r.from.z - 1, least, most, t, within)) {
    const Vec p = r.from + r.along * t;
    m = {t, {p.x, 0, p.z}};
    most = t;
    met = true;
  }
  for (const float y : {-1.0f, 1.0f}) {
    if (Meeting lid; meet_lid(r, y, least, most, lid)) {
      m = lid;
      most = lid.t;
      met = true;
    }
  }
  return met;
}

bool meet_cone(const Ray& r, float least, float most, Meeting& m) {
  // x^2 + z^2 = ((1 - y) / 2)^2
  bool met = false;
  float t;
  const float h = (1 - r.from.y) / 2, dh = -r.along.y / 2;
  const auto within = [&](float at) { return std::abs(r.from.y + at * r.along.y) <= 1; };
  if (first_root(r.along.x * r.along.x + r.along.z * r.along.z - dh * dh, r.from.x * r.along.x + r.from.z * r.along.z - h * dh,
                 r.from.x * r.from.x + r.from.z * r.from.z - h * h, least, most, t, within)) {
    const Vec p = r.from + r.along * t;
    m = {t, {p.x, (1 - p.y) / 4, p.z}};
    most = t;
    met = true;
  }
  if (Meeting base; meet_lid(r, -1, least, most, base)) {
    m = base;
    met = true;
  }
  return met;
}

bool meet_square(const Ray& r, float least, float most, Meeting& m) {
  if (std::abs(r.along.y) < 1e-12f) return false;
  const float t = -r.from.y / r.along.y, x = r.from.x + t * r.along.x, z = r.from.z + t * r.along.z;
  if (t < least || t > most || std::abs(x) > 1 || std::abs(z) > 1) return false;
  m = {t, {0, r.from.y > 0 ? 1.0f : -1.0f, 0}};
  return true;
}

bool meet_terrain(const Heights& heights, const Ray& r, float least, float most, Meeting& m) {
  float enter = least, leave = most;
  int by = 0, out = 0;
  if (!slabs(r, enter, leave, by, out)) return false;
  const auto above = [&](float t) {
    const Vec p = r.from + r.along * t;
    return p.y - (2 * heights.at(p.x, p.z) - 1);
  };
  // From step to step of one square of the grid, or of the height left; then halving.
  const float across = std::max(std::hypot(r.along.x, r.along.z), 0.3f * std::abs(r.along.y)), step = 1.6f / (Heights::side * across);
  float before = enter, height = above(before);
  const float side = height > 0 ? 1.0f : -1.0f;
  for (float t = enter; t < leave;) {
    t = std::min(leave, t + step);
    if (above(t) * side <= 0) {
      float low = before, high = t;
      for (int k = 0; k < 12; k++) (above((low + high) / 2) * side > 0 ? low : high) = (low + high) / 2;
      const Vec p = r.from + r.along * high;
      const float e = 1.0f / Heights::side, dx = heights.at(p.x + e, p.z) - heights.at(p.x - e, p.z),
                  dz = heights.at(p.x, p.z + e) - heights.at(p.x, p.z - e);
      m = {high, {-dx / e, 1, -dz / e}};
      return true;
    }
    before = t;
  }
  return false;
}

}  // namespace

Heights::Heights(uint32_t seed, float bumps, bool sharp) : values_(side * side) {
  for (int j = 0; j < side; j++)
    for (int i = 0; i < side; i++) {
      const float n = cloudy({float(i) * bumps / side, 0, float(j) * bumps / side}, 5, seed);
      values_[size_t(j * side + i)] = std::clamp(sharp ? 1 - 2 * std::abs(n - 0.5f) * 1.6f : 1.6f * n - 0.3f, 0.0f, 1.0f);
    }
}

float Heights::at(float x, float z) const {
  const float u = std::clamp((x + 1) / 2, 0.0f, 1.0f) * (side - 1.001f), v = std::clamp((z + 1) / 2, 0.0f, 1.0f) * (side - 1.001f);
  const int i = int(u), j = int(v);
  const float a = u - float(i), b = v - float(j);
  const float* p = values_.data() + size_t(j) * side + i;
  const float near = p[0] + (p[1] - p[0]) * a, far = p[side] + (p[side + 1] - p[side]) * a;
  return near + (far - near) * b;
}

bool meet(Form form, const Heights* heights, const Ray& ray, float least, float most, Meeting& meeting) {
  switch (form) {
    case Form::box:
      return meet_box(ray, least, most, meeting);
    case Form::sphere:
      return meet_sphere(ray, least, most, meeting);
    case Form::cylinder:
      return meet_cylinder(ray, least, most, meeting);
    case Form::cone:
      return meet_cone(ray, least, most, meeting);
    case Form::square:
      return meet_square(ray, least, most, meeting);
    case Form::terrain:
      return meet_terrain(*heights, ray, least, most, meeting);
  }
  return false;
}

}  // namespace impasto::scenes
