// Sums and losses. Each takes two steps: a partial result for every segment of every tile, then one block an output that
// adds the partials in order. All sums in f32; a partial covers at most 4096 pixels, which keeps rounding small.
#pragma once
#include "kernels/shared/binary.h"
#include "kernels/shared/elementwise.h"

namespace impasto {

/// partial[(image * C + channel) * segments + segment] = sum over the segment. Grid (segments, tiles, images).
template <class T, int V>
struct SegmentSumBody {
  const T* x;
  float* partial;
  Geometry g;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, g, block.z(), block.y());
    const Segment s = segment(g.pixels(), block.x());
    RunSum<V> pixels;
    for_runs<V>(block, s, in.stride, [&](auto width, int p) { pixels.add(in.template load_run<width.value>(p)); });
    const Lanes<V> sum = block.sum(pixels.sum());
    if (block.rank() == 0) {
      for (int l = 0; l < V; l++) {
        const int c = block.y() * V + l;
        if (c < g.c) partial[(int64_t(block.z()) * g.c + c) * block.grid_x() + block.x()] = sum[l];
      }
    }
  }
};

/// y[o] (+)= scale * the sum of `count` runs of `run` numbers, `step` apart, from x + o * start. Grid (outputs).
struct CombineBody {
  const float* x;
  float* y;
  int64_t start, step;
  int count, run;
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    Lanes<1> sum(0.0f);
    const int64_t total_count = int64_t(count) * run;
    for (int64_t i = block.rank(); i < total_count; i += block.size()) {
      sum[0] += x[block.x() * start + i / run * step + i % run];
    }
    sum = block.sum(sum);
    if (block.rank() == 0) y[block.x()] = (add ? y[block.x()] : 0.0f) + scale * sum[0];
  }
};

/// Pixels kept: y [n', c', H, W] planar sums x over images and/or channels. Grid (row segments, c', n').
template <class T>
struct PixelSumBody {
  const T* x;
  float* y;
  Geometry g;
  int images, channels;  // summed for each output
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    for_pixels(block, g.h, g.w, block.x(), [&](int, int, int p) {
      float sum = 0;
      for (int n = 0; n < images; n++) {
        for (int c = 0; c < channels; c++) {
          sum += float(x[g.offset<1>(block.z() * images + n, block.y() * channels + c) + int64_t(p) * g.lanes]);
        }
      }
      float& out = y[(int64_t(block.z()) * block.grid_y() + block.y()) * g.pixels() + p];
      out = (add ? out : 0.0f) + scale * sum;
    });
  }
};

struct SquaredRho {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> d) const {
    return d * d;
  }
  template <int V>
  IMPASTO_BODY Lanes<V> slope(Lanes<V> d) const {
    return d + d;
  }
};
struct SmoothL1Rho {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> d) const {
    const Lanes<V> a = absolute(d);
    return select_positive(Lanes<V>(1.0f) - a, d * d * 0.5f, a - 0.5f);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> slope(Lanes<V> d) const {
    return ClampOp{-1.0f, 1.0f}.value(d);
  }
};
struct AbsoluteRho {
  template <int V>
  IMPASTO_BODY Lanes<V> value(Lanes<V> d) const {
    return absolute(d);
  }
  template <int V>
  IMPASTO_BODY Lanes<V> slope(Lanes<V> d) const {
    return AbsoluteOp{}.gradient(d, d, Lanes<V>(1.0f));
  }
};

/// One partial a block: sum of rho(weight * (x - target)). Grid (row segments, tiles, images).
template <class Rho, class T, int V>
struct LossBody {
  Rho rho;
  const T *x, *target;
  Operand<T> weight;
  float* partial;
  Geometry g;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, g, block.z(), block.y()), want = plane<V>(target, g, block.z(), block.y());
    Lanes<V> sum(0.0f);
    for_pixels(block, g.h, g.w, block.x(), [&](int, int, int p) {
      const Lanes<V> d = (in.load(p) - want.load(p)) * weight.template load<V>(g, block.z(), block.y(), p, 0.0f);
      sum += rho.value(d);
    });
    sum = block.sum(sum);
    if (block.rank() == 0) partial[(int64_t(block.z()) * block.grid_y() + block.y()) * block.grid_x() + block.x()] = total(sum);
  }
};

template <class Rho, class T, int V>
struct LossBackwardBody {
  Rho rho;
  const T *x, *target;
  Operand<T> weight;
  const float* dy;
  T* dx;
  Geometry g;
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, g, block.z(), block.y()), want = plane<V>(target, g, block.z(), block.y());
    const auto out = plane<V>(dx, g, block.z(), block.y());
    const float factor = *dy * scale;
    for_pixels(block, g.h, g.w, block.x(), [&](int, int, int p) {
      const Lanes<V> w = weight.template load<V>(g, block.z(), block.y(), p, 0.0f);
      out.put(p, rho.slope((in.load(p) - want.load(p)) * w) * w * factor, add);
    });
  }
};

/// Total variation (Variation's three forms); one partial a block. Grid (row segments, tiles, images).
template <class T, int V>
struct VariationBody {
  Variation kind;
  const T* x;
  float* partial;
  Geometry g;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, g, block.z(), block.y());
    const Segment with_neighbours{0, g.w - 1};
    RunSum<V> pixels;
    for_pixel_runs<V>(block, g.h, g.w, in.stride, block.x(), with_neighbours, [&](auto width, int i, int j, int p) {
      constexpr int W = width.value;
      const bool right = j + 1 < g.w, below = i + 1 < g.h, both = right && below;
      const bool torch = kind == Variation::torch;
      const Lanes<W> a = in.template load_run<W>(p);
      if (torch ? both : right) pixels.add(measure(in.template load_run<W>(p + 1) - a));
      if (torch ? both : below) pixels.add(measure(in.template load_run<W>(p + g.w) - a));
    });
    const Lanes<V> sum = block.sum(pixels.sum());
    if (block.rank() == 0) partial[(int64_t(block.z()) * block.grid_y() + block.y()) * block.grid_x() + block.x()] = total(sum);
  }
  template <int W>
  IMPASTO_BODY Lanes<W> measure(Lanes<W> d) const {
    if (kind == Variation::absolute) return absolute(d);
    return kind == Variation::torch ? d * d * 0.5f : d * d;
  }
};

template <class T, int V>
struct VariationBackwardBody {
  Variation kind;
  const T* x;
  const float* dy;
  T* dx;
  Geometry g;
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, g, block.z(), block.y());
    const auto out = plane<V>(dx, g, block.z(), block.y());
    const float factor = *dy * scale;
    const bool torch = kind == Variation::torch;
    const Segment with_neighbours{1, g.w - 1};
    for_pixel_runs<V>(block, g.h, g.w, in.stride, block.x(), with_neighbours, [&](auto width, int i, int j, int p) {
      constexpr int W = width.value;
      const bool right = j + 1 < g.w, below = i + 1 < g.h;
      const Lanes<W> a = in.template load_run<W>(p);
      Lanes<W> sum(0.0f);  // each difference that this pixel takes part in
      if (torch ? right && below : right) sum += slope(a - in.template load_run<W>(p + 1));
      if (torch ? right && below : below) sum += slope(a - in.template load_run<W>(p + g.w));
      if (j > 0 && (below || !torch)) sum += slope(a - in.template load_run<W>(p - 1));
      if (i > 0 && (right || !torch)) sum += slope(a - in.template load_run<W>(p - g.w));
      out.put(p, sum * factor, add);
    });
  }
  template <int W>
  IMPASTO_BODY Lanes<W> slope(Lanes<W> d) const {
    if (kind == Variation::absolute) return AbsoluteRho{}.slope(d);
    return kind == Variation::torch ? d : d + d;
  }
};

}  // namespace impasto
