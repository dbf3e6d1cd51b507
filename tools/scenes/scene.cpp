#include "tools/scenes/scene.h"

#include <numeric>

#include "tools/scenes/noise.h"

namespace impasto::scenes {
namespace {

constexpr int leaf = 3;

Ray in_object(const Thing& thing, const Ray& ray) { return {thing.place.to_object(ray.from), thing.place.direction_to_object(ray.along)}; }

}  // namespace

Colour Sky::at(Vec d) const {
  if (d.y < 0) return mix(low, below, -6 * d.y);
  const Colour clear = mix(low, high, 1.6f * d.y);
  if (clouds <= 0) return clear;
  const Vec ceiling = d * (1 / (d.y + 0.12f));
  return mix(clear, {0.95f, 0.95f, 0.95f}, 3 * (cloudy(ceiling * 1.3f, 5, seed) - 1 + clouds * 0.7f));
}

Tracer::Tracer(const Scene& scene) : scene_(scene), order_(scene.things.size()) {
  for (const Thing& thing : scene.things) {
    const Place& p = thing.place;
    const auto abs = [](Vec v) { return Vec{std::abs(v.x), std::abs(v.y), std::abs(v.z)}; };
    const Vec reach = abs(p.frame.right * p.half.x) + abs(p.frame.up * p.half.y) + abs(p.frame.ahead * p.half.z) + Vec{1e-4f, 1e-4f, 1e-4f};
    low_.push_back(p.centre - reach);
    high_.push_back(p.centre + reach);
  }
  std::iota(order_.begin(), order_.end(), 0);
  nodes_.reserve(2 * order_.size() + 1);
  if (!order_.empty()) grow(0, int(order_.size()));
}

int Tracer::grow(int begin, int end) {
  const int number = int(nodes_.size());
  nodes_.emplace_back();
  Vec low = low_[size_t(order_[size_t(begin)])], high = high_[size_t(order_[size_t(begin)])];
  for (int i = begin; i < end; i++) {
    low = least(low, low_[size_t(order_[size_t(i)])]);
    high = most(high, high_[size_t(order_[size_t(i)])]);
  }
  Node node{low, high, -1, -1, begin, end};
  if (end - begin > leaf) {
    const Vec size = high - low;
    const int axis = size.x > size.y && size.x > size.z ? 0 : size.y > size.z ? 1 : 2;
    const auto middle = [&](int i) { return low_[size_t(i)][axis] + high_[size_t(i)][axis]; };
    const int half = (begin + end) / 2;
    std::nth_element(order_.begin() + begin, order_.begin() + half, order_.begin() + end,
                     [&](int a, int b) { return middle(a) < middle(b) || (middle(a) == middle(b) && a < b); });
    node.left = grow(begin, half);
    node.right = grow(half, end);
  }
  nodes_[size_t(number)] = node;
  return number;
}

// Calls meet_thing(number) for what the ray may meet within `most`, which meet_thing may bring down.
template <class F>
void Tracer::walk(const Ray& ray, float& most, F meet_thing) const {
  if (nodes_.empty()) return;
  const Vec inverse{1 / ray.along.x, 1 / ray.along.y, 1 / ray.along.z};
  int stack[64], top = 0;
  stack[top++] = 0;
  while (top > 0) {
    const Node& node = nodes_[size_t(stack[--top])];
    const Vec a = (node.low - ray.from) * inverse, b = (node.high - ray.from) * inverse, near = least(a, b), far = scenes::most(a, b);
    const float enter = std::max({near.x, near.y, near.z, 0.0f}), leave = std::min({far.x, far.y, far.z, most});
    if (!(enter <= leave)) continue;
    if (node.left < 0) {
      for (int i = node.begin; i < node.end; i++) meet_thing(order_[size_t(i)]);
    } else {
      stack[top++] = node.left;
      stack[top++] = node.right;
    }
  }
}

bool Tracer::first(const Ray& ray, float most, Hit& hit) const {
  Meeting nearest{}, meeting{};
  const Thing* met = nullptr;
  walk(ray, most, [&](int i) {
    const Thing& thing = scene_.things[size_t(i)];
    if (!meet(thing.form, thing.heights.get(), in_object(thing, ray), 1e-4f, most, meeting)) return;
    most = meeting.t;
    nearest = meeting;
    met = &thing;
  });
  if (!met) return false;
  hit = {nearest.t, met, ray.from + ray.along * nearest.t, met->place.normal_to_world(nearest.normal)};
  if (dot(hit.normal, ray.along) > 0) hit.normal = -hit.normal;
  return true;
}

bool Tracer::blocked(const Ray& ray, float most) const {
  bool met = false;
  Meeting meeting{};
  walk(ray, most, [&](int i) {
    const Thing& thing = scene_.things[size_t(i)];
    if (met || thing.material.glow > 0.5f || !meet(thing.form, thing.heights.get(), in_object(thing, ray), 1e-4f, most, meeting)) return;
    met = true;
    most = -1;
  });
  return met;
}

}  // namespace impasto::scenes
