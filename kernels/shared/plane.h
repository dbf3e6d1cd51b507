// Where the numbers of a channel-inner tensor lie, as kernel bodies see it.
// A tile is V channels inside a group of L lanes: V = L for the blocked layouts, V = 8 inside wider ones.
#pragma once
#include "engine/tensor.h"
#include "kernels/shared/lanes.h"
#include "kernels/shared/launch.h"

namespace impasto {

/// Geometry of a tensor: element (n, tile, pixel) begins at offset(n, tile) + pixel * L.
struct Geometry {
  int n, c, h, w, lanes, groups;
  IMPASTO_BODY int pixels() const { return h * w; }
  template <int V>
  IMPASTO_BODY int tiles() const {
    return groups * (lanes / V);
  }
  template <int V>
  IMPASTO_BODY int64_t offset(int image, int tile) const {
    const int per_group = lanes / V;
    return (int64_t(image) * groups + tile / per_group) * pixels() * lanes + (tile % per_group) * V;
  }
};

inline Geometry geometry_of(const Tensor& x) { return {x.shape().n, x.shape().c, x.shape().h, x.shape().w, x.lanes(), x.groups()}; }

/// (`across` parts of the pixels, tiles, images): the grid of most bodies.
template <int V>
Grid tile_grid(int across, const Geometry& g) {
  return {across, g.tiles<V>(), g.n, g.lanes / V};
}

/// The pixels of one tile of one image.
template <class T, int V>
struct Plane {
  T* base;
  int stride;
  IMPASTO_BODY Lanes<V> load(int64_t pixel) const { return impasto::load<V>(base + pixel * stride); }
  /// W numbers from a pixel on: its V lanes, or a run of neighbouring pixels where the tensor is planar.
  template <int W>
  IMPASTO_BODY Lanes<W> load_run(int64_t pixel) const {
    return impasto::load<W>(base + pixel * stride);
  }
  IMPASTO_BODY void store(int64_t pixel, Lanes<V> a) const { impasto::store<V>(base + pixel * stride, a); }
  template <int W>
  IMPASTO_BODY void put(int64_t pixel, Lanes<W> a, bool add) const {
    impasto::put<W>(base + pixel * stride, a, add);
  }
};

template <int V, class T>
IMPASTO_BODY Plane<T, V> plane(T* data, const Geometry& g, int image, int tile) {
  return {data + g.offset<V>(image, tile), g.lanes};
}

}  // namespace impasto
