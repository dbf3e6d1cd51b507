// StructurePrimitives: every body here walks the pixels of its output.
#pragma once
#include "kernels/shared/dispatch.h"
#include "kernels/shared/shared_backend.h"
#include "kernels/shared/structure.h"

namespace impasto {
namespace {

template <int V>
Grid pixel_grid(const Geometry& g) {
  return tile_grid<V>(row_segments_of(g.h, g.w), g);
}

/// Throws unless x and y are cut into the same tiles, so that a body may walk tile t of both.
inline void require_same_tiles(const char* primitive, const Tensor& x, const Tensor& y) {
  if (x.shape().n != y.shape().n || x.shape().c != y.shape().c || x.lanes() != y.lanes() || x.dtype() != y.dtype()) {
    throw ShapeError(std::string(primitive) + ": images, channels, lanes and dtype of " + x.shape().text() + " and " + y.shape().text() +
                     " must agree");
  }
}

}  // namespace

/// Launches `make(from, to, types)`'s body over the pixels of y.
template <class Launcher, class Make>
void launch_over(Launcher& launcher, const char* primitive, const Tensor& x, const Tensor& y, Make make) {
  require_same_tiles(primitive, x, y);
  for_layout<Launcher>(primitive, x, [&](auto type, auto width) {
    constexpr int V = width.value;
    const Geometry to = geometry_of(y);
    launcher.launch(pixel_grid<V>(to), make(type, width, geometry_of(x), to));
  });
}

template <class Launcher>
void StructurePrimitives<Launcher>::pad(const Tensor& x, const Pads& pads, Padding kind, Tensor& y) {
  launch_over(this->launcher_, "pad", x, y, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return PadBody<T, width.value>{x.data<T>(), y.data<T>(), from, to, pads, kind};
  });
}

template <class Launcher>
void StructurePrimitives<Launcher>::pad_backward(const Tensor& dy, const Pads& pads, Padding kind, Out dx) {
  launch_over(this->launcher_, "pad_backward", dy, dx.tensor, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return PadBackwardBody<T, width.value>{dy.data<T>(), dx.tensor.data<T>(), from, to, pads, kind, dx.add};
  });
}

template <class Launcher>
void StructurePrimitives<Launcher>::copy_channels(const Tensor& x, int x_begin, Out y, int y_begin, int count) {
  for_layout<Launcher>("copy_channels", y.tensor, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    const Geometry from = geometry_of(x), to = geometry_of(y.tensor);
    Grid grid = pixel_grid<V>(to);
    const int first_tile = y_begin / V;
    // Whoever writes the last channel writes the padding lanes behind it too.
    const bool last = y_begin + count == to.c;
    grid.y = (last ? to.tiles<V>() : (y_begin + count - 1) / V + 1) - first_tile;
    this->launcher_.launch(grid,
                           CopyChannelsBody<T, V>{x.data<T>(), y.tensor.data<T>(), from, to, x_begin, y_begin, count, first_tile, y.add});
  });
}

template <class Launcher>
void StructurePrimitives<Launcher>::upsample_nearest(const Tensor& x, int factor, Tensor& y) {
  launch_over(this->launcher_, "upsample_nearest", x, y, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return UpsampleNearestBody<T, width.value>{x.data<T>(), y.data<T>(), from, to, factor};
  });
}

template <class Launcher>
void StructurePrimitives<Launcher>::upsample_nearest_backward(const Tensor& dy, int factor, Out dx) {
  launch_over(this->launcher_, "upsample_nearest_backward", dy, dx.tensor, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return UpsampleNearestBackwardBody<T, width.value>{dy.data<T>(), dx.tensor.data<T>(), from, to, factor, dx.add};
  });
}

template <class Launcher>
void StructurePrimitives<Launcher>::resize_bilinear(const Tensor& x, bool align_corners, Tensor& y) {
  launch_over(this->launcher_, "resize_bilinear", x, y, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return ResizeBilinearBody<T, width.value>{
        x.data<T>(), y.data<T>(), from, to, {from.h, to.h, align_corners}, {from.w, to.w, align_corners}};
  });
}

template <class Launcher>
void StructurePrimitives<Launcher>::resize_bilinear_backward(const Tensor& dy, bool align_corners, Out dx) {
  launch_over(this->launcher_, "resize_bilinear_backward", dy, dx.tensor, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return ResizeBilinearBackwardBody<T, width.value>{
        dy.data<T>(), dx.tensor.data<T>(), from, to, {to.h, from.h, align_corners}, {to.w, from.w, align_corners}, dx.add};
  });
}

}  // namespace impasto
