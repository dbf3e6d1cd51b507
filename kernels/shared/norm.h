// Normalisation and channel moments, channel-inner layout. Statistics in f32 over segments of 4096 pixels: the mean of each
// segment, then the squares about that mean (a second pass over what is still in the cache; 0..255 pictures cancel badly
// in one pass), merged over segments and, for batch norm, over images by the formula of Chan, Golub and LeVeque 1979.
#pragma once
#include "kernels/shared/segments.h"

namespace impasto {

/// mean and M2 = sum (x - mean)^2 of each segment, at [(image * C + channel) * segments + segment].
/// Grid (segments, tiles, images).
template <class T, int V>
struct SegmentMomentsBody {
  const T* x;
  float *mean, *m2;
  Geometry g;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const auto in = plane<V>(x, g, block.z(), block.y());
    const Segment s = segment(g.pixels(), block.x());
    RunSum<V> sum, sum_of_squares;
    for_runs<V>(block, s, in.stride, [&](auto width, int p) { sum.add(in.template load_run<width.value>(p)); });
    const Lanes<V> average = block.sum(sum.sum()) / float(s.end - s.begin);
    for_runs<V>(block, s, in.stride, [&](auto width, int p) {
      constexpr int W = width.value;
      const Lanes<W> d = in.template load_run<W>(p) - widened<W>(average);
      sum_of_squares.add(d * d);
    });
    const Lanes<V> squares = block.sum(sum_of_squares.sum());
    if (block.rank() != 0) return;
    for (int l = 0; l < V; l++) {
      const int c = block.y() * V + l;
      if (c >= g.c) continue;
      const int64_t at = (int64_t(block.z()) * g.c + c) * block.grid_x() + block.x();
      mean[at] = average[l];
      m2[at] = squares[l];
    }
  }
};

/// Merges the segments of one channel, of one image or of all. Output second = M2 / count, or 1 / sqrt(M2 / count + eps).
/// Grid (channels, 1, images of the output); the segments are few, one thread merges them in order.
struct MergeMomentsBody {
  static constexpr int cuda_threads = 32;
  const float *mean, *m2;
  float *out_mean, *out_second;
  int channels, segments, pixels, images;  // images: merged into one output
  float eps;
  bool reciprocal_root;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    if (block.rank() != 0) return;
    float count = 0, average = 0, squares = 0;
    for (int n = 0; n < images; n++) {
      const int64_t row = ((int64_t(block.z()) * images + n) * channels + block.x()) * segments;
      for (int s = 0; s < segments; s++) {
        const Segment part = segment(pixels, s);
        const float more = float(part.end - part.begin), delta = mean[row + s] - average, all = count + more;
        average += delta * (more / all);
        squares += m2[row + s] + delta * delta * (count * more / all);
        count = all;
      }
    }
    const int64_t at = int64_t(block.z()) * channels + block.x();
    const float variance = squares / count;
    out_mean[at] = average;
    out_second[at] = reciprocal_root ? 1.0f / sqrtf(variance + eps) : variance;
  }
};

/// Per-channel values of [N or 1, C]: null stands for a constant.
struct ChannelValues {
  const float* values;
  int64_t step;  // between images: C, or 0 when one row serves all
  template <int V>
  IMPASTO_BODY Lanes<V> load(const Geometry& g, int image, int tile, float otherwise) const {
    const float* row = values ? values + image * step : nullptr;
    return load_channels<V>(row, tile * V, g.c, otherwise);
  }
  IMPASTO_BODY float at(int image, int channel, float otherwise) const { return values ? values[image * step + channel] : otherwise; }
};

/// One tile's norm: y = gamma * (x - mean) * rstd + beta. Padding lanes: mean, rstd and beta are 0 there, and so is y.
template <int V>
struct TileNorm {
  Lanes<V> mean, rstd, factor, shift;
  IMPASTO_BODY Lanes<V> xhat(Lanes<V> x) const { return (x - mean) * rstd; }
  IMPASTO_BODY Lanes<V> y(Lanes<V> x) const { return (x - mean) * factor + shift; }
  template <int W>
  IMPASTO_BODY TileNorm<W> widened() const {
    return {impasto::widened<W>(mean), impasto::widened<W>(rstd), impasto::widened<W>(factor), impasto::widened<W>(shift)};
  }
};

struct ChannelNorm {
  ChannelValues mean, rstd, gamma, beta;
  template <int V>
  IMPASTO_BODY TileNorm<V> load(const Geometry& g, int image, int tile) const {
    const Lanes<V> root = rstd.load<V>(g, image, tile, 0.0f);
    return {mean.load<V>(g, image, tile, 0.0f), root, gamma.load<V>(g, image, tile, 1.0f) * root, beta.load<V>(g, image, tile, 0.0f)};
  }
};

/// y = gamma * (x - mean) * rstd + beta, relu: max(y, 0). y may be x. Grid (segments, tiles, images).
template <class T, int V>
struct NormApplyBody {
  const T* x;
  T* y;
  Geometry g;
  ChannelNorm norm;
  bool positive;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int n = block.z(), t = block.y();
    const auto in = plane<V>(x, g, n, t);
    const auto out = plane<V>(y, g, n, t);
    const TileNorm<V> tile = norm.load<V>(g, n, t);
    const Segment s = segment(g.pixels(), block.x());
    for_runs<V>(block, s, in.stride, [&](auto width, int p) {
      constexpr int W = width.value;
      const Lanes<W> value = tile.template widened<W>().y(in.template load_run<W>(p));
      out.put(p, positive ? relu(value) : value, false);
    });
  }
};

/// rstd = 1 / sqrt(variance + eps), scale = gamma rstd, shift = beta - mean scale, one row of channels a block; rstd has `rows` of them.
/// Grid (rows of scale).
struct NormFactorsBody {
  ChannelValues mean, variance, gamma, beta;
  float *rstd, *scale, *shift;
  int channels, rows;
  float eps;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int n = block.x();
    for (int c = block.rank(); c < channels; c += block.size()) {
      const int64_t at = int64_t(n) * channels + c;
      const float root = 1.0f / sqrtf(variance.at(n, c, 0.0f) + eps), factor = gamma.at(n, c, 1.0f) * root;
      if (n < rows) rstd[at] = root;
      scale[at] = factor;
      shift[at] = beta.at(n, c, 0.0f) - mean.at(n, c, 0.0f) * factor;
    }
  }
};

/// y = scale x + shift, positive: max(y, 0), then + shortcut (null: none). y may be x or shortcut. Grid (segments, tiles, images).
template <class T, int V>
struct ScaleShiftBody {
  const T *x, *shortcut;
  T* y;
  Geometry g;
  ChannelValues scale, shift;
  bool positive;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int n = block.z(), t = block.y();
    const auto in = plane<V>(x, g, n, t), more = plane<V>(shortcut ? shortcut : x, g, n, t);
    const auto out = plane<V>(y, g, n, t);
    // Padding lanes hold 0 in x and shortcut, and shift is 0 there.
    const Lanes<V> factor = scale.load<V>(g, n, t, 1.0f), offset = shift.load<V>(g, n, t, 0.0f);
    const Segment s = segment(g.pixels(), block.x());
    for_runs<V>(block, s, in.stride, [&](auto width, int p) {
      constexpr int W = width.value;
      Lanes<W> value = in.template load_run<W>(p) * widened<W>(factor) + widened<W>(offset);
      if (positive) value = relu(value);
      out.put(p, shortcut ? value + more.template load_run<W>(p) : value, false);
    });
  }
};

/// Sums over each segment of dy and of dy * xhat; positive: of dy where y > 0. Grid (segments, tiles, images).
template <class T, int V>
struct NormSumsBody {
  const T *x, *dy;
  float *sum_dy, *sum_dy_xhat;
  Geometry g;
  ChannelNorm norm;
  bool positive;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int n = block.z(), t = block.y();
    const auto in = plane<V>(x, g, n, t), grad = plane<V>(dy, g, n, t);
    const TileNorm<V> tile = norm.load<V>(g, n, t);
    const Segment s = segment(g.pixels(), block.x());
    RunSum<V> gradients, products;
    for_runs<V>(block, s, in.stride, [&](auto width, int p) {
      constexpr int W = width.value;
      const TileNorm<W> wide = tile.template widened<W>();
      const Lanes<W> value = in.template load_run<W>(p), all = grad.template load_run<W>(p);
      const Lanes<W> d = positive ? select_positive(wide.y(value), all, Lanes<W>(0.0f)) : all;
      gradients.add(d);
      products.add(d * wide.xhat(value));
    });
    const Lanes<V> first = block.sum(gradients.sum()), second = block.sum(products.sum());
    if (block.rank() != 0) return;
    for (int l = 0; l < V; l++) {
      const int c = t * V + l;
      if (c >= g.c) continue;
      const int64_t at = (int64_t(n) * g.c + c) * block.grid_x() + block.x();
      sum_dy[at] = first[l];
      sum_dy_xhat[at] = second[l];
    }
  }
};

/// dx = gamma * rstd * (dy - s1 / count - xhat * s2 / count), with s1 = sum dy, s2 = sum dy * xhat over the scope.
/// Frozen statistics: inverse_count = 0, and the last two terms vanish. positive: dy counts as 0 where y <= 0.
/// Grid (segments, tiles, images).
template <class T, int V>
struct NormBackwardBody {
  const T *x, *dy;
  T* dx;
  Geometry g;
  ChannelNorm norm;
  ChannelValues sum_dy, sum_dy_xhat;
  float inverse_count;
  bool positive, add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int n = block.z(), t = block.y();
    const auto in = plane<V>(x, g, n, t), grad = plane<V>(dy, g, n, t);
    const auto out = plane<V>(dx, g, n, t);
    const TileNorm<V> tile = norm.load<V>(g, n, t);
    const Lanes<V> mean_dy = sum_dy.load<V>(g, n, t, 0.0f) * inverse_count;
    const Lanes<V> mean_dy_xhat = sum_dy_xhat.load<V>(g, n, t, 0.0f) * inverse_count;
    const Segment s = segment(g.pixels(), block.x());
    for_runs<V>(block, s, in.stride, [&](auto width, int p) {
      constexpr int W = width.value;
      const TileNorm<W> wide = tile.template widened<W>();
      const Lanes<W> value = in.template load_run<W>(p), all = grad.template load_run<W>(p);
      const Lanes<W> d = positive ? select_positive(wide.y(value), all, Lanes<W>(0.0f)) : all;
      out.put(p, wide.factor * (d - impasto::widened<W>(mean_dy) - wide.xhat(value) * impasto::widened<W>(mean_dy_xhat)), add);
    });
  }
};

/// dx = dmean / P + dvariance * 2 (x - mean) / P. Grid (segments, tiles, images).
template <class T, int V>
struct MomentsBackwardBody {
  const T* x;
  T* dx;
  Geometry g;
  ChannelValues mean, dmean, dvariance;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const int n = block.z(), t = block.y();
    const auto in = plane<V>(x, g, n, t);
    const auto out = plane<V>(dx, g, n, t);
    const float inverse = 1.0f / float(g.pixels());
    const Lanes<V> average = mean.load<V>(g, n, t, 0.0f), shift = dmean.load<V>(g, n, t, 0.0f) * inverse;
    const Lanes<V> factor = dvariance.load<V>(g, n, t, 0.0f) * (2 * inverse);
    const Segment s = segment(g.pixels(), block.x());
    for_runs<V>(block, s, in.stride, [&](auto width, int p) {
      constexpr int W = width.value;
      out.put(p, widened<W>(shift) + (in.template load_run<W>(p) - widened<W>(average)) * widened<W>(factor), add);
    });
  }
};

}  // namespace impasto
