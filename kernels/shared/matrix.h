// Gram matrices on channel-inner data, and small products of planar matrices.
//
// Gram: a block multiplies two tiles of V channels over a run of pixels, V x V sums in registers; only the upper half of
// the tile pairs is computed. Its gradient multiplies by the symmetric matrix scale (dG + dG^T), repacked so that the V
// output channels of one input channel lie together.
#pragma once
#include "kernels/shared/plane.h"

namespace impasto {

/// Pixels of one partial Gram: few enough that the tiles of all channels stay in the cache while every pair visits them.
IMPASTO_BODY int gram_run(int channels) { return channels < 64 ? 1024 : channels > 128 ? 512 : 65536 / channels; }

/// Tile pair k of t tiles, counted along the rows of the upper triangle.
struct TilePair {
  int row, column;
};
IMPASTO_BODY TilePair tile_pair(int k, int tiles) {
  int row = 0;
  while (k >= tiles - row) k -= tiles - row++;
  return {row, row + k};
}

/// The square of the mask that a masked Gram multiplies the features by, planar: G has the mask from both sides, and so has dF.
struct SquaredMask {
  const float* values;  // null: 1 everywhere
  int step;             // between the masks of two images, 0: one for all
  IMPASTO_BODY const float* image(int n) const { return values + int64_t(n) * step; }
};

/// partial [image][run][pair][V][V]. Grid (pairs, runs, images).
template <class T, int V, bool Masked>
struct GramBody {
  static constexpr int cuda_threads = 64;  // adding up the sums of so many takes as long as a dozen pixels each
  const T* x;
  SquaredMask mask;
  float* partial;
  Geometry g;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const TilePair pair = tile_pair(block.x(), g.tiles<V>());
    const auto a = plane<V>(x, g, block.z(), pair.row), b = plane<V>(x, g, block.z(), pair.column);
    const int run = gram_run(g.c), begin = block.y() * run, limit = begin + run, end = limit < g.pixels() ? limit : g.pixels();
    [[maybe_unused]] const float* square = Masked ? mask.image(block.z()) : nullptr;
    Lanes<V> sum[V];
    IMPASTO_UNROLL
    for (int i = 0; i < V; i++) sum[i] = Lanes<V>(0.0f);
    for (int p = begin + block.rank(); p < end; p += block.size()) {
      Lanes<V> right = b.load(p);
      if constexpr (Masked) right = right * square[p];
      const T* left = a.base + int64_t(p) * a.stride;  // single numbers, broadcast as they are loaded
      IMPASTO_UNROLL
      for (int i = 0; i < V; i++) sum[i] += right * float(left[i]);
    }
    float* out = partial + ((int64_t(block.z()) * block.grid_y() + block.y()) * block.grid_x() + block.x()) * V * V;
    IMPASTO_UNROLL
    for (int i = 0; i < V; i++) {
      const Lanes<V> row = block.sum(sum[i]);
      if (block.rank() == 0) store<V>(out + i * V, row);
    }
  }
};

/// y [C, C] = scale * the sum of the partials; what is above the diagonal is written below it too. Grid (pairs, 1, images).
template <int V>
struct GramCombineBody {
  const float* partial;
  float* y;
  int channels, tiles, runs;
  float scale;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const TilePair pair = tile_pair(block.x(), tiles);
    const int64_t step = int64_t(block.grid_x()) * V * V;
    const float* from = partial + int64_t(block.z()) * runs * step + int64_t(block.x()) * V * V;
    float* out = y + int64_t(block.z()) * channels * channels;
    for (int e = block.rank(); e < V * V; e += block.size()) {
      const int i = pair.row * V + e / V, j = pair.column * V + e % V;
      float sum = 0;
      for (int r = 0; r < runs; r++) sum += from[r * step + e];
      if (i <= j && j < channels) {
        out[int64_t(i) * channels + j] = scale * sum;
        out[int64_t(j) * channels + i] = scale * sum;
      }
    }
  }
};

/// packed [image][tile][c][V] = scale * (dy[c][k] + dy[k][c]), k = tile * V + lane. Grid (tiles, 1, images).
template <int V>
struct GramPackBody {
  const float* dy;
  float* packed;
  int channels;
  float scale;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const float* from = dy + int64_t(block.z()) * channels * channels;
    float* out = packed + (int64_t(block.z()) * block.grid_x() + block.x()) * channels * V;
    for (int c = block.rank(); c < channels; c += block.size()) {
      for (int l = 0; l < V; l++) {
        const int k = block.x() * V + l;
        out[int64_t(c) * V + l] = k < channels ? scale * (from[int64_t(c) * channels + k] + from[int64_t(k) * channels + c]) : 0.0f;
      }
    }
  }
};

constexpr int kGramRun = 96;    // pixels of one block of the gradient
constexpr int kGramPixels = 6;  // of them at once in registers, for two tiles: 12 sums hide the latency of an FMA

/// dx [:, k] (+)= mask^2 * sum over c of packed[c][k] x[:, c]. Grid (pairs of tiles, runs of pixels, images).
template <class T, int V> struct GramBackwardBody {
  static constexpr int cuda_threads = 32;  // a run has pixels for 16
  const T* x;
  SquaredMask mask;
  const float* packed;
  T* dx;
  Geometry g;
  bool add;
  template <class Block> IMPASTO_BODY void operator()(Block& block) const {
    if (block.x() * 2 + 1 < g.tiles<V>()) {
      run<2>(block);
    } else {
      run<1>(block);
    }
  }
  template <int Tiles, class Block> IMPASTO_BODY void run(Block& block) const {
    const int begin = block.y() * kGramRun, limit = begin + kGramRun, end = limit < g.pixels() ? limit : g.pixels();
    const int whole = begin + (end - begin) / kGramPixels * kGramPixels;
    for (int p = begin + block.rank() * kGramPixels; p < whole; p += block.size() * kGramPixels) pixels<Tiles, kGramPixels>(block, p);
    for (int p = whole + block.rank(); p < end; p += block.size()) pixels<Tiles, 1>(block, p);
  }
  template <int Tiles, int R, class Block> IMPASTO_BODY void pixels(Block& block, int p) const {
    const int tile = block.x() * 2;
    const int64_t step = int64_t(g.c) * V;  // between the matrices of two tiles
    const float* matrix = packed + (int64_t(block.z()) * g.tiles<V>() + tile) * step;
    Lanes<V> sum[Tiles * R];
    IMPASTO_UNROLL
    for (int r = 0; r < Tiles * R; r++) sum[r] = Lanes<V>(0.0f);
    for (int first = 0; first < g.c; first += g.lanes) {
      const T* in = x + g.offset<1>(block.z(), first) + int64_t(p) * g.lanes;
      const int lanes = g.c - first < g.lanes ? g.c - first : g.lanes;
      for (int l = 0; l < lanes; l++) {
        Lanes<V> column[Tiles];
        IMPASTO_UNROLL
        for (int t = 0; t < Tiles; t++) column[t] = load<V>(matrix + t * step + int64_t(first + l) * V);
        IMPASTO_UNROLL
        for (int r = 0; r < R; r++) {
          const float number = in[int64_t(r) * g.lanes + l];
          const Lanes<V> value(number);
          IMPASTO_UNROLL
          for (int t = 0; t < Tiles; t++) sum[t * R + r] += column[t] * value;
        }
      }
    }
    if (mask.values) {
      IMPASTO_UNROLL
      for (int r = 0; r < R; r++) {
        const Lanes<V> square(mask.image(block.z())[p + r]);
        IMPASTO_UNROLL
        for (int t = 0; t < Tiles; t++) sum[t * R + r] = sum[t * R + r] * square;
      }
    }
    IMPASTO_UNROLL
    for (int t = 0; t < Tiles; t++) {
      const auto out = plane<V>(dx, g, block.z(), tile + t);
      IMPASTO_UNROLL
      for (int r = 0; r < R; r++) out.put(p + r, sum[t * R + r], add);
    }
  }
};

/// y = scale * op(a) op(b). Grid (rows of y, 1, images).
struct MatmulBody {
  const float *a, *b;
  float* y;
  int64_t image_a, image_b;             // between images, 0: shared
  int row_a, step_a, step_b, column_b;  // a(i, k) = a[i * row_a + k * step_a], b(k, j) = b[k * step_b + j * column_b]
  int inner, columns;
  float scale;
  bool add;
  template <class Block>
  IMPASTO_BODY void operator()(Block& block) const {
    const float* left = a + block.z() * image_a + int64_t(block.x()) * row_a;
    const float* right = b + block.z() * image_b;
    float* out = y + (int64_t(block.z()) * block.grid_x() + block.x()) * columns;
    for (int j = block.rank(); j < columns; j += block.size()) {
      float sum = 0;
      for (int k = 0; k < inner; k++) sum += left[int64_t(k) * step_a] * right[int64_t(k) * step_b + int64_t(j) * column_b];
      out[j] = (add ? out[j] : 0.0f) + scale * sum;
    }
  }
};

}  // namespace impasto
