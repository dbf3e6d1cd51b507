// Padding, cropping, joining channels, upsampling. Every body walks the pixels of its output and gathers, so that no two
// blocks write the same place: the gradients gather too. Grid (row segments, tiles, images) of the output.
#pragma once
#include "kernels/shared/padding.h"
#include "kernels/shared/segments.h"

namespace impasto {

template <class T, int V>
struct PadBody {
  const T* x;
  T* y;
  Geometry from, to;
  Pads pads;
  Padding kind;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, from, block.z(), block.y());
    const auto out = plane<V>(y, to, block.z(), block.y());
    const int first = pads.left > 0 ? pads.left : 0, end = pads.left + from.w < to.w ? pads.left + from.w : to.w;
    for_pixel_runs<V>(block, to.h, to.w, in.stride, block.x(), Segment{first, end}, [&](auto width, int i, int j, int p) {
      constexpr int W = width.value;
      const int si = padded_index(i - pads.top, from.h, kind), sj = padded_index(j - pads.left, from.w, kind);
      out.put(p, si < 0 || sj < 0 ? Lanes<W>(0.0f) : in.template load_run<W>(si * from.w + sj), false);
    });
  }
};

/// The adjoint: a pixel collects from every padded position that copied it. Along one axis these are its own place, and
/// its mirror images (reflect) or the whole border (replicate, for an edge pixel).
struct PadSources {
  int own, first, count, mirror_low, mirror_high;  // [first, first + count): replicate's run, `own` within it; mirrors -1: none
};
IMPASTO_BODY PadSources pad_sources(int i, int n, int before, int after, Padding kind) {
  const int padded = n + before + after, own = i + before;
  PadSources s{own, own, 1, -1, -1};
  if (own < 0 || own >= padded) s.count = 0;  // cropped away
  if (kind == Padding::replicate) {
    if (i == 0) s.first = 0, s.count = before + 1;
    if (i == n - 1) s.count = padded - s.first;
  }
  if (kind == Padding::reflect) {
    if (i >= 1 && i <= before) s.mirror_low = before - i;
    if (i <= n - 2 && n - 1 - i <= after) s.mirror_high = before + 2 * n - 2 - i;
  }
  return s;
}
template <class F>
IMPASTO_BODY void for_sources(const PadSources& s, F f) {
  for (int k = 0; k < s.count; k++) f(s.first + k);
  if (s.mirror_low >= 0) f(s.mirror_low);
  if (s.mirror_high >= 0) f(s.mirror_high);
}

template <class T, int V>
struct PadBackwardBody {
  const T* dy;
  T* dx;
  Geometry from, to;  // from: dy, to: dx
  Pads pads;
  Padding kind;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(dy, from, block.z(), block.y());
    const auto out = plane<V>(dx, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) {
      Lanes<V> sum(0.0f);
      const PadSources columns = pad_sources(j, to.w, pads.left, pads.right, kind);
      for_sources(pad_sources(i, to.h, pads.top, pads.bottom, kind),
                  [&](int si) { for_sources(columns, [&](int sj) { sum += in.load(si * from.w + sj); }); });
      out.put(p, sum, add);
    });
  }
};

/// Channels y_begin .. y_begin + count of y from channels x_begin ... of x, on or off a lane boundary.
template <class T, int V>
struct CopyChannelsBody {
  const T* x;
  T* y;
  Geometry from, to;
  int x_begin, y_begin, count, first_tile;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int tile = first_tile + block.y(), first = tile * V, image = block.z();
    const auto out = plane<V>(y, to, image, tile);
    const int x_first = first - y_begin + x_begin;
    const bool whole = first >= y_begin && first + V <= y_begin + count && from.lanes % V == 0 && x_first % V == 0;
    if (whole) {
      const auto in = plane<V>(x, from, image, x_first / V);
      for_pixels(block, to.h, to.w, block.x(), [&](int, int, int p) { out.put(p, in.load(p), add); });
      return;
    }
    for_pixels(block, to.h, to.w, block.x(), [&](int, int, int p) {
      Lanes<V> a = out.load(p);
      for (int l = 0; l < V; l++) {
        const int k = first + l - y_begin;
        if (first + l >= to.c) a[l] = 0.0f;
        if (k < 0 || k >= count) continue;
        const float value = x[from.offset<1>(image, x_begin + k) + int64_t(p) * from.lanes];
        a[l] = add ? a[l] + value : value;
      }
      out.store(p, a);
    });
  }
};

template <class T, int V>
struct UpsampleNearestBody {
  const T* x;
  T* y;
  Geometry from, to;
  int factor;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, from, block.z(), block.y());
    const auto out = plane<V>(y, to, block.z(), block.y());
    const auto repeat = [&](auto by) {
      for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) { out.store(p, in.load(i / by * from.w + j / by)); });
    };
    if (factor == 2) return repeat(std::integral_constant<int, 2>{});  // no division a pixel
    repeat(factor);
  }
};

template <class T, int V>
struct UpsampleNearestBackwardBody {
  const T* dy;
  T* dx;
  Geometry from, to;  // from: dy, to: dx
  int factor;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(dy, from, block.z(), block.y());
    const auto out = plane<V>(dx, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) {
      Lanes<V> sum(0.0f);
      for (int a = 0; a < factor; a++) {
        for (int b = 0; b < factor; b++) sum += in.load((i * factor + a) * from.w + j * factor + b);
      }
      out.put(p, sum, add);
    });
  }
};

/// Where output pixel i of an axis resized from `in` to `out` pixels samples: between `low` and `high`, `t` of the way.
struct Sample {
  int low, high;
  float t;
};
struct ResizeAxis {
  int in, out;
  bool align_corners;
  IMPASTO_BODY Sample operator()(int i) const {
    float x =
        align_corners ? (out > 1 ? float(i) * float(in - 1) / float(out - 1) : 0.0f) : (float(i) + 0.5f) * (float(in) / float(out)) - 0.5f;
    if (x < 0) x = 0;
    int low = int(x);
    if (low > in - 1) low = in - 1;
    const int high = low + 1 < in ? low + 1 : low;
    return {low, high, x - float(low)};
  }
  /// Outputs that may sample input pixel k: a range a little too wide is tested, not trusted.
  IMPASTO_BODY int first_user(int k) const {
    const float i =
        align_corners ? float(k - 1) * float(out - 1) / float(in > 1 ? in - 1 : 1) : (float(k) - 0.5f) * float(out) / float(in) - 0.5f;
    return i > 1 ? int(i) - 1 : 0;
  }
  IMPASTO_BODY int last_user(int k) const {
    if (k == in - 1) return out - 1;
    const float i =
        align_corners ? float(k + 1) * float(out - 1) / float(in > 1 ? in - 1 : 1) : (float(k) + 1.5f) * float(out) / float(in) - 0.5f;
    return int(i) + 2 < out ? int(i) + 2 : out - 1;
  }
  IMPASTO_BODY float weight(int i, int k) const {
    const Sample s = (*this)(i);
    return (s.low == k ? 1.0f - s.t : 0.0f) + (s.high == k ? s.t : 0.0f);
  }
};

template <class T, int V>
struct ResizeBilinearBody {
  const T* x;
  T* y;
  Geometry from, to;
  ResizeAxis rows, columns;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, from, block.z(), block.y());
    const auto out = plane<V>(y, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int i, int j, int p) {
      const Sample r = rows(i), c = columns(j);
      const Lanes<V> top = in.load(r.low * from.w + c.low) * (1 - c.t) + in.load(r.low * from.w + c.high) * c.t;
      const Lanes<V> bottom = in.load(r.high * from.w + c.low) * (1 - c.t) + in.load(r.high * from.w + c.high) * c.t;
      out.store(p, top * (1 - r.t) + bottom * r.t);
    });
  }
};

template <class T, int V>
struct ResizeBilinearBackwardBody {
  const T* dy;
  T* dx;
  Geometry from, to;  // from: dy, to: dx
  ResizeAxis rows, columns;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(dy, from, block.z(), block.y());
    const auto out = plane<V>(dx, to, block.z(), block.y());
    for_pixels(block, to.h, to.w, block.x(), [&](int k, int l, int p) {
      Lanes<V> sum(0.0f);
      for (int i = rows.first_user(k); i <= rows.last_user(k); i++) {
        const float wi = rows.weight(i, k);
        if (wi == 0) continue;
        for (int j = columns.first_user(l); j <= columns.last_user(l); j++) {
          const float w = wi * columns.weight(j, l);
          if (w != 0) sum += in.load(i * from.w + j) * w;
        }
      }
      out.put(p, sum, add);
    });
  }
};

}  // namespace impasto
