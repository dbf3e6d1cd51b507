// Optimiser steps, in place over flat storage, and random fills, which count elements in N, C, H, W order whatever the layout.
#pragma once
#include "engine/random.h"
#include "kernels/shared/segments.h"

namespace impasto {

struct AdamBody {
  const float* g;
  float *p, *m, *v;
  int64_t count;
  float beta1, beta2, rest1, rest2, eps, step_size, root_scale;  // rest = 1 - beta, rounded once from f64
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_flat(block, count, [this](auto width, int64_t i) {
      constexpr int V = width.value;
      const Lanes<V> grad = load<V>(g + i);
      const Lanes<V> first = load<V>(m + i) * beta1 + grad * rest1, second = load<V>(v + i) * beta2 + grad * grad * rest2;
      const Lanes<V> root = each(second, [](float s) { return sqrtf(s); }) * root_scale + eps;
      store<V>(m + i, first);
      store<V>(v + i, second);
      store<V>(p + i, load<V>(p + i) - first * step_size / root);
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
