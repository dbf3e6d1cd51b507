// y = a op b with repeated dimensions.
#pragma once
#include "kernels/shared/segments.h"

namespace impasto {

/// One operand of a binary operation: in y's layout, or planar with dimensions of 1 that repeat.
template <class T>
struct Operand {
  const T* full;  // null: repeated
  const float* repeated;
  int64_t step_n, step_c, step_p;  // 0 along a repeated dimension
  template <int V>
  IMPASTO_BODY Lanes<V> load(const Geometry& g, int image, int tile, int pixel, float otherwise) const {
    if (full) return plane<V>(full, g, image, tile).load(pixel);
    const float* p = repeated + image * step_n + pixel * step_p;
    if (step_c == 0) return Lanes<V>(*p);
    Lanes<V> a(otherwise);
    for (int l = 0; l < V; l++) {
      if (tile * V + l < g.c) a[l] = p[(tile * V + l) * step_c];
    }
    return a;
  }
};

struct AddOp {
  template <int V>
  IMPASTO_BODY Lanes<V> operator()(Lanes<V> a, Lanes<V> b) const {
    return a + b;
  }
};
struct SubtractOp {
  template <int V>
  IMPASTO_BODY Lanes<V> operator()(Lanes<V> a, Lanes<V> b) const {
    return a - b;
  }
};
struct MultiplyOp {
  template <int V>
  IMPASTO_BODY Lanes<V> operator()(Lanes<V> a, Lanes<V> b) const {
    return a * b;
  }
};
struct DivideOp {
  template <int V>
  IMPASTO_BODY Lanes<V> operator()(Lanes<V> a, Lanes<V> b) const {
    return a / b;
  }
};

/// Grid (row segments, tiles, images) of y.
template <class Op, class T, int V>
struct BinaryBody {
  Op op;
  Operand<T> a, b;
  T* y;
  Geometry g;
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto out = plane<V>(y, g, block.z(), block.y());
    for_pixels(block, g.h, g.w, block.x(), [&](int, int, int p) {
      const Lanes<V> left = a.template load<V>(g, block.z(), block.y(), p, 0.0f);
      const Lanes<V> right = b.template load<V>(g, block.z(), block.y(), p, 1.0f);
      out.put(p, op(left, right) * scale, add);
    });
  }
};

/// The same where both operands and y have one layout.
template <class Op, class T>
struct FlatBinaryBody {
  Op op;
  const T *a, *b;
  T* y;
  int64_t count;
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_flat(block, count, [this](auto width, int64_t i) {
      constexpr int V = width.value;
      put<V>(y + i, op(load<V>(a + i), load<V>(b + i)) * scale, add);
    });
  }
};

}  // namespace impasto
