// Max and average pooling. Forward walks the pixels of y, backward those of dx, gathering from the windows that hold them.
// Grid (row segments, tiles, images) of the output.
#pragma once
#include "engine/backend.h"
#include "kernels/shared/segments.h"

namespace impasto {

/// One axis of a pooling: window o covers positions o * stride - pad + [0, kernel), cut to 0 .. size.
struct PoolAxis {
  int size, kernel, stride, pad, windows;
  IMPASTO_BODY Segment window(int o) const {
    const int begin = o * stride - pad, end = begin + kernel;
    return {begin < 0 ? 0 : begin, end < size ? end : size};
  }
  /// Windows that cover position i.
  IMPASTO_BODY Segment covering(int i) const {
    const int low = i + pad - kernel + 1, last = (i + pad) / stride;
    return {low > 0 ? (low + stride - 1) / stride : 0, last < windows ? last + 1 : windows};
  }
  /// The length by which an average divides: zeros of the padding count, what ceil mode reaches beyond them does not.
  IMPASTO_BODY int averaged(int o) const {
    const int begin = o * stride - pad, end = begin + kernel;
    return (end < size + pad ? end : size + pad) - begin;
  }
};

template <class T, int V>
struct MaxPoolBody {
  const T* x;
  T* y;
  Geometry from, to;
  PoolAxis rows, columns;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, from, block.z(), block.y());
    const auto out = plane<V>(y, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) {
      const Segment r = rows.window(i), c = columns.window(j);
      Lanes<V> largest = in.load(r.begin * from.w + c.begin);
      for (int a = r.begin; a < r.end; a++) {
        for (int b = c.begin; b < c.end; b++) largest = max(largest, in.load(a * from.w + b));
      }
      out.store(p, largest);
    });
  }
};

template <class T, int V>
struct MaxPoolBackwardBody {
  const T *x, *y, *dy;
  T* dx;
  Geometry from, to;  // from: y and dy, to: x and dx
  PoolAxis rows, columns;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, to, block.z(), block.y()), pooled = plane<V>(y, from, block.z(), block.y());
    const auto grad = plane<V>(dy, from, block.z(), block.y());
    const auto out = plane<V>(dx, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) {
      const Segment r = rows.covering(i), c = columns.covering(j);
      const Lanes<V> own = in.load(p);
      Lanes<V> sum(0.0f);
      for (int a = r.begin; a < r.end; a++) {
        for (int b = c.begin; b < c.end; b++) {
          const Lanes<V> largest = pooled.load(a * from.w + b);
          // This pixel wins if it equals the maximum and no earlier one of the window does.
          Lanes<V> wins = equal(own, largest);
          const Segment wr = rows.window(a), wc = columns.window(b);
          for (int k = wr.begin; k <= i; k++) {
            for (int l = wc.begin; l < wc.end && (k < i || l < j); l++) {
              wins = select_positive(equal(in.load(k * to.w + l), largest), Lanes<V>(0.0f), wins);
            }
          }
          sum += select_positive(wins, grad.load(a * from.w + b), Lanes<V>(0.0f));
        }
      }
      out.put(p, sum, add);
    });
  }
};

/// The same where windows neither overlap nor leave gaps: each window hands its gradient to one of its own pixels, and every
/// number is read once. Grid (segments of window rows, tiles, images); pixels behind the last window get 0.
template <class T, int V>
struct MaxPoolDisjointBackwardBody {
  const T *x, *y, *dy;
  T* dx;
  Geometry from, to;  // from: y and dy, to: x and dx
  int kernel;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, to, block.z(), block.y()), pooled = plane<V>(y, from, block.z(), block.y());
    const auto grad = plane<V>(dy, from, block.z(), block.y());
    const auto out = plane<V>(dx, to, block.z(), block.y());
    for_pixels(block, window_rows(), window_columns(), block.x(), [&](int a, int b, int) {
      const bool live = a < from.h && b < from.w;
      const Lanes<V> gradient = live ? grad.load(a * from.w + b) : Lanes<V>(0.0f);
      const Lanes<V> largest = live ? pooled.load(a * from.w + b) : Lanes<V>(0.0f);
      Lanes<V> open(1.0f);  // 0 once a pixel has won
      for (int i = a * kernel; i < to.h && i < (a + 1) * kernel; i++) {
        for (int j = b * kernel; j < to.w && j < (b + 1) * kernel; j++) {
          const Lanes<V> wins = equal(in.load(i * to.w + j), largest) * open;
          open = open - wins;
          out.put(i * to.w + j, select_positive(wins, gradient, Lanes<V>(0.0f)), add);
        }
      }
    });
  }
  IMPASTO_BODY int window_rows() const { return (to.h + kernel - 1) / kernel; }
  IMPASTO_BODY int window_columns() const { return (to.w + kernel - 1) / kernel; }
};

template <class T, int V>
struct AveragePoolBody {
  const T* x;
  T* y;
  Geometry from, to;
  PoolAxis rows, columns;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, from, block.z(), block.y());
    const auto out = plane<V>(y, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) {
      const Segment r = rows.window(i), c = columns.window(j);
      Lanes<V> sum(0.0f);
      for (int a = r.begin; a < r.end; a++) {
        for (int b = c.begin; b < c.end; b++) sum += in.load(a * from.w + b);
      }
      out.store(p, sum * (1.0f / float(rows.averaged(i) * columns.averaged(j))));
    });
  }
};

template <class T, int V>
struct AveragePoolBackwardBody {
  const T* dy;
  T* dx;
  Geometry from, to;  // from: dy, to: dx
  PoolAxis rows, columns;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto grad = plane<V>(dy, from, block.z(), block.y());
    const auto out = plane<V>(dx, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) {
      const Segment r = rows.covering(i), c = columns.covering(j);
      Lanes<V> sum(0.0f);
      for (int a = r.begin; a < r.end; a++) {
        for (int b = c.begin; b < c.end; b++) {
          sum += grad.load(a * from.w + b) * (1.0f / float(rows.averaged(a) * columns.averaged(b)));
        }
      }
      out.put(p, sum, add);
    });
  }
};

}  // namespace impasto
