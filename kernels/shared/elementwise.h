// Elementwise bodies: y = f(x) and its gradient over flat storage, fills, copies between layouts and dtypes.
#pragma once
#include "engine/backend.h"
#include "kernels/shared/exponential.h"
#include "kernels/shared/segments.h"

namespace impasto {

// Each operation: its value, and its gradient from whichever of x and y is handier.
struct ReluOp {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return relu(x);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V>, Lanes<V> y, Lanes<V> dy) const {
    return select_positive(y, dy, Lanes<V>(0.0f));
  }
};
struct LeakyReluOp {
  float slope;
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return select_positive(x, x, x * slope);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V> x, Lanes<V>, Lanes<V> dy) const {
    return select_positive(x, dy, dy * slope);
  }
};
struct Relu6Op {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return select_positive(x - 6.0f, Lanes<V>(6.0f), relu(x));
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V> x, Lanes<V>, Lanes<V> dy) const {
    return select_positive(x, select_positive(Lanes<V>(6.0f) - x, dy, Lanes<V>(0.0f)), Lanes<V>(0.0f));
  }
};
struct EluOp {
  float alpha;
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return select_positive(x, x, exponential_less_one(x) * alpha);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V> x, Lanes<V> y, Lanes<V> dy) const {
    return select_positive(x, dy, dy * (y + alpha));
  }
};
struct SigmoidOp {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return logistic(x);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V>, Lanes<V> y, Lanes<V> dy) const {
    return dy * y * (Lanes<V>(1.0f) - y);
  }
};
struct SiluOp {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return x * logistic(x);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V> x, Lanes<V>, Lanes<V> dy) const {
    const Lanes<V> s = logistic(x);
    return dy * s * (x * (Lanes<V>(1.0f) - s) + 1.0f);
  }
};
struct TanhOp {
  float scale;
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return hyperbolic_tangent(x) * scale;
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V>, Lanes<V> y, Lanes<V> dy) const {
    const Lanes<V> t = y / scale;
    return dy * scale * (Lanes<V>(1.0f) - t * t);
  }
};
struct AffineOp {
  float factor, offset;
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return x * factor + offset;
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V>, Lanes<V>, Lanes<V> dy) const {
    return dy * factor;
  }
};
struct SqrtOp {
  float eps;
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return each(x + eps, [](float v) { return sqrtf(v); });
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V>, Lanes<V> y, Lanes<V> dy) const {
    // Padding lanes have y = 0 and dy = 0; elsewhere a zero root has no gradient to give.
    return select_positive(y, dy * 0.5f / y, Lanes<V>(0.0f));
  }
};
struct ClampOp {
  float low, high;
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return select_positive(Lanes<V>(low) - x, Lanes<V>(low), select_positive(x - high, Lanes<V>(high), x));
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V> x, Lanes<V>, Lanes<V> dy) const {
    return select_positive(Lanes<V>(low) - x, Lanes<V>(0.0f), select_positive(x - high, Lanes<V>(0.0f), dy));
  }
};
struct AbsoluteOp {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> x) const {
    return absolute(x);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> gradient(Lanes<V> x, Lanes<V>, Lanes<V> dy) const {
    return select_positive(x, dy, select_positive(Lanes<V>(0.0f) - x, dy * -1.0f, Lanes<V>(0.0f)));
  }
};

template <class Op, class T>
struct UnaryBody {
  Op op;
  const T* x;
  T* y;
  int64_t count;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_flat(block, count, [this](auto width, int64_t i) {
      constexpr int V = width.value;
      store<V>(y + i, op.value(load<V>(x + i)));
    });
  }
};

template <class Op, class T>
struct UnaryBackwardBody {
  Op op;
  const T *x, *y, *dy;
  T* dx;
  int64_t count;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_flat(block, count, [this](auto width, int64_t i) {
      constexpr int V = width.value;
      put<V>(dx + i, op.gradient(load<V>(x + i), load<V>(y + i), load<V>(dy + i)), add);
    });
  }
};

template <class From, class To>
struct CopyBody {  // equal layouts, dtypes perhaps not
  const From* x;
  To* y;
  int64_t count;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_flat(block, count, [this](auto width, int64_t i) {
      constexpr int V = width.value;
      put<V>(y + i, load<V>(x + i), add);
    });
  }
};

struct NumbersBody {
  float* y;
  int count;
  float numbers[most_recorded_numbers];
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for (int i = block.rank(); i < count; i += block.size()) y[i] = numbers[i];
  }
};

template <class T>
struct FillBody {
  T* y;
  float value;
  int64_t count;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_flat(block, count, [this](auto width, int64_t i) {
      constexpr int V = width.value;
      store<V>(y + i, Lanes<V>(value));
    });
  }
};

/// Zeros in the padding lanes of the last group. Grid (segments, 1, images).
template <class T>
struct ClearPaddingBody {
  T* y;
  Geometry g;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    T* group = y + g.offset<1>(block.z(), (g.groups - 1) * g.lanes);
    const int used = g.c - (g.groups - 1) * g.lanes;
    const Segment s = segment(g.pixels(), block.x());
    for (int p = s.begin + block.rank(); p < s.end; p += block.size()) {
      for (int l = used; l < g.lanes; l++) group[int64_t(p) * g.lanes + l] = T(0.0f);
    }
  }
};

/// Between layouts: tiles of y gather their channels from x. Grid (row segments, tiles, images) of y.
template <class From, class To, int V>
struct RelayoutBody {
  const From* x;
  To* y;
  Geometry from, to;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto out = plane<V>(y, to, block.z(), block.y());
    const int first = block.y() * V;
    for_pixels(block, to.h, to.w, block.x(), [&](int, int, int p) {
      Lanes<V> a(0.0f);
      for (int l = 0; l < V; l++) {
        const int c = first + l;
        if (c < from.c) a[l] = x[from.offset<1>(block.z(), c) + int64_t(p) * from.lanes];
      }
      out.put(p, a, add);
    });
  }
};

}  // namespace impasto
