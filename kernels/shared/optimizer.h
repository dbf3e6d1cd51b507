// Optimiser steps, in place over flat storage, and random fills, which count elements in N, C, H, W order whatever the layout.
#pragma once
#include "engine/random.h"
#include "kernels/shared/segments.h"

namespace impasto {

/// As many parameters as a kernel's arguments hold. Grid (chunks of all of them, one parameter's behind the other's).
struct AdamBody {
  struct Parameter {
    const float* g;
    float *p, *m, *v;
    int64_t count;
    int first_chunk;
  };
  static constexpr int most = 80;  // 3840 bytes
  const float *step_size, *root_scale;
  float beta1, beta2, rest1, rest2, eps;  // rest = 1 - beta, rounded once from f64
  int count;
  Parameter parameters[most];
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    int index = 0;
    for (int step = 64; step > 0; step /= 2) {  // binary search
      if (index + step < count && parameters[index + step].first_chunk <= block.x()) index += step;
    }
    const Parameter& a = parameters[index];
    const float size = *step_size, scale = *root_scale;
    for_flat_chunk(block, block.x() - a.first_chunk, a.count, [&](auto width, int64_t i) {
      constexpr int V = width.value;
      const Lanes<V> grad = load<V>(a.g + i);
      const Lanes<V> first = load<V>(a.m + i) * beta1 + grad * rest1, second = load<V>(a.v + i) * beta2 + grad * grad * rest2;
      const Lanes<V> root = each(second, [](float s) { return sqrtf(s); }) * scale + eps;
      store<V>(a.m + i, first);
      store<V>(a.v + i, second);
      store<V>(a.p + i, load<V>(a.p + i) - first * size / root);
    });
  }
};

struct SgdBody {
  const float* g;
  float *p, *velocity;
  int64_t count;
  float rate, momentum;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_flat(block, count, [this](auto width, int64_t i) {
      constexpr int V = width.value;
      const Lanes<V> u = load<V>(velocity + i) * momentum + load<V>(g + i);
      store<V>(velocity + i, u);
      store<V>(p + i, load<V>(p + i) - u * rate);
    });
  }
};

struct UniformDraw {
  IMPASTO_BODY float operator()(uint64_t key, uint64_t position) const { return random::uniform(key, position); }
};
struct NormalDraw {
  IMPASTO_BODY float operator()(uint64_t key, uint64_t position) const { return random::normal(key, position); }
};

/// Grid (row segments, groups * lanes, images): one block a channel.
template <class Draw, class T>
struct RandomBody {
  Draw draw;
  T* y;
  Geometry g;
  uint64_t key, offset;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int c = block.y();
    T* out = y + g.offset<1>(block.z(), c);
    const uint64_t first = offset + (uint64_t(block.z()) * g.c + c) * uint64_t(g.pixels());
    for_pixels(block, g.h, g.w, block.x(), [&](int, int, int p) { out[int64_t(p) * g.lanes] = T(c < g.c ? draw(key, first + p) : 0.0f); });
  }
};

}  // namespace impasto
