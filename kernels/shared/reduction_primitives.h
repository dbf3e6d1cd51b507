// ReductionPrimitives: sums, total variation and losses, in two steps each.
#pragma once
#include "kernels/shared/elementwise_primitives.h"
#include "kernels/shared/ranking.h"
#include "kernels/shared/reduction.h"

namespace impasto {
namespace {

template <class F>
void for_loss(Loss kind, F&& f) {
  switch (kind) {
    case Loss::squared:
      return f(SquaredRho{});
    case Loss::smooth_l1:
      return f(SmoothL1Rho{});
    case Loss::absolute:
      return f(AbsoluteRho{});
  }
}

}  // namespace

template <class Launcher>
void ReductionPrimitives<Launcher>::reduce_sum(const Tensor& x, double scale, Out y) {
  const Shape in = x.shape(), out = y.tensor.shape();
  const Geometry g = geometry_of(x);
  const auto fits = [](int have, int want) { return want == 1 || want == have; };
  const bool keep_pixels = out.h == in.h && out.w == in.w && in.pixels() > 1;
  if (y.tensor.lanes() != 1 || !fits(in.n, out.n) || !fits(in.c, out.c) || (!keep_pixels && out.pixels() != 1)) {
    throw ShapeError("reduce_sum: " + in.text() + " does not sum to " + out.text());
  }
  for_layout<Launcher>("reduce_sum", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    if (keep_pixels) {
      this->launcher_.launch({row_segments_of(g.h, g.w), out.c, out.n},
                             PixelSumBody<T>{x.data<T>(), y.tensor.data<float>(), g, in.n / out.n, in.c / out.c, float(scale), y.add});
      return;
    }
    const int segments = segments_of(g.pixels());
    Tensor partial(*this, {in.n, in.c, 1, segments});
    this->launcher_.launch(tile_grid<V>(segments, g), SegmentSumBody<T, V>{x.data<T>(), partial.data<float>(), g});
    // An output keeps its image, its channel, both or neither; what it sums lies in runs.
    const int64_t per_image = int64_t(in.c) * segments;
    const bool all_channels = out.c == 1;
    const int run = int(all_channels ? per_image : segments);
    const int runs = out.n == 1 ? in.n : 1;
    this->launcher_.launch({out.n * out.c},
                           CombineBody{partial.data<float>(), y.tensor.data<float>(), run, per_image, runs, run, float(scale), y.add});
  });
}

template <class Launcher>
void ReductionPrimitives<Launcher>::total_variation(Variation kind, const Tensor& x, double scale, Tensor& y) {
  for_layout<Launcher>("total_variation", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    const Geometry g = geometry_of(x);
    const Grid grid = tile_grid<V>(row_segments_of(g.h, g.w), g);
    Tensor partial(*this, {grid.z, grid.y, 1, grid.x});
    this->launcher_.launch(grid, VariationBody<T, V>{kind, x.data<T>(), partial.data<float>(), g});
    this->launcher_.launch({1}, CombineBody{partial.data<float>(), y.data<float>(), 0, 0, 1, int(partial.stored()), float(scale), false});
  });
}

template <class Launcher>
void ReductionPrimitives<Launcher>::total_variation_backward(Variation kind, const Tensor& x, const Tensor& dy, double scale, Out dx) {
  require_same_layout("total_variation_backward", x, dx.tensor);
  for_layout<Launcher>("total_variation_backward", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    const Geometry g = geometry_of(x);
    this->launcher_.launch(tile_grid<V>(row_segments_of(g.h, g.w), g),
                           VariationBackwardBody<T, V>{kind, x.data<T>(), dy.data<float>(), dx.tensor.data<T>(), g, float(scale), dx.add});
  });
}

namespace {
/// No weight is a weight of one everywhere.
template <class T>
Operand<T> weight_of(const Tensor* weight, const Tensor& x, const Tensor& one) {
  return weight ? operand_of<T>(*weight, x) : Operand<T>{nullptr, one.data<float>(), 0, 0, 0};
}
}  // namespace

template <class Launcher>
void ReductionPrimitives<Launcher>::loss(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, double scale, Tensor& y) {
  require_same_layout("loss", x, target);
  Tensor one(*this, {});
  this->fill(one, 1);
  for_layout<Launcher>("loss", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    const Geometry g = geometry_of(x);
    const Grid grid = tile_grid<V>(row_segments_of(g.h, g.w), g);
    Tensor partial(*this, {grid.z, grid.y, 1, grid.x});
    for_loss(kind, [&](auto rho) {
      this->launcher_.launch(
          grid, LossBody<decltype(rho), T, V>{rho, x.data<T>(), target.data<T>(), weight_of<T>(weight, x, one), partial.data<float>(), g});
    });
    this->launcher_.launch({1}, CombineBody{partial.data<float>(), y.data<float>(), 0, 0, 1, int(partial.stored()), float(scale), false});
  });
}

template <class Launcher>
void ReductionPrimitives<Launcher>::loss_backward(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, const Tensor& dy,
                                                  double scale, Out dx) {
  require_same_layout("loss_backward", x, target);
  require_same_layout("loss_backward", x, dx.tensor);
  Tensor one(*this, {});
  this->fill(one, 1);
  for_layout<Launcher>("loss_backward", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    const Geometry g = geometry_of(x);
    for_loss(kind, [&](auto rho) {
      this->launcher_.launch(tile_grid<V>(row_segments_of(g.h, g.w), g),
                             LossBackwardBody<decltype(rho), T, V>{rho, x.data<T>(), target.data<T>(), weight_of<T>(weight, x, one),
                                                                   dy.data<float>(), dx.tensor.data<T>(), g, float(scale), dx.add});
    });
  });
}

template <class Launcher>
void ReductionPrimitives<Launcher>::ranking(const Tensor& x, const Tensor& pairs, double scale, Tensor& y) {
  const int images = pairs.shape().n, count = pairs.shape().w, segments = segments_of(count);
  Tensor partial(*this, {images, 1, 1, segments});
  this->launcher_.launch({segments, 1, images},
                         RankingBody{x.data<float>(), pairs.data<float>(), partial.data<float>(), int(x.shape().pixels()), count});
  this->launcher_.launch({1}, CombineBody{partial.data<float>(), y.data<float>(), 0, 0, 1, int(partial.stored()), float(scale), false});
}

template <class Launcher>
void ReductionPrimitives<Launcher>::ranking_backward(const Tensor& x, const Tensor& pairs, const Tensor& dy, double scale, Out dx) {
  this->launcher_.launch({1, 1, pairs.shape().n},
                         RankingBackwardBody{x.data<float>(), pairs.data<float>(), dy.data<float>(), dx.tensor.data<float>(),
                                             int(x.shape().pixels()), pairs.shape().w, float(scale), dx.add});
}

}  // namespace impasto
