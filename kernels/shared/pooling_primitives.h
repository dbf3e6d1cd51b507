// PoolingPrimitives.
#pragma once
#include "kernels/shared/pooling.h"
#include "kernels/shared/structure_primitives.h"

namespace impasto {
namespace {

inline PoolAxis rows_of(const PoolParams& p, const Tensor& x, const Tensor& y) {
  return {x.shape().h, p.kernel, p.stride, p.pad, y.shape().h};
}
inline PoolAxis columns_of(const PoolParams& p, const Tensor& x, const Tensor& y) {
  return {x.shape().w, p.kernel, p.stride, p.pad, y.shape().w};
}

}  // namespace

template <class Launcher>
void PoolingPrimitives<Launcher>::max_pool(const Tensor& x, const PoolParams& params, Tensor& y) {
  launch_over(this->launcher_, "max_pool", x, y, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return MaxPoolBody<T, width.value>{x.data<T>(), y.data<T>(), from, to, rows_of(params, x, y), columns_of(params, x, y)};
  });
}

template <class Launcher>
void PoolingPrimitives<Launcher>::max_pool_backward(const Tensor& x, const Tensor& y, const Tensor& dy, const PoolParams& params, Out dx) {
  require_same_layout("max_pool_backward", x, dx.tensor);
  require_same_layout("max_pool_backward", y, dy);
  if (params.kernel == params.stride && params.pad == 0) {
    for_layout<Launcher>("max_pool_backward", x, [&](auto type, auto width) {
      using T = typename decltype(type)::type;
      constexpr int V = width.value;
      const MaxPoolDisjointBackwardBody<T, V> body{x.data<T>(),    y.data<T>(),    dy.data<T>(),  dx.tensor.data<T>(),
                                                   geometry_of(y), geometry_of(x), params.kernel, dx.add};
      this->launcher_.launch(tile_grid<V>(row_segments_of(body.window_rows(), body.window_columns()), body.to), body);
    });
    return;
  }
  launch_over(this->launcher_, "max_pool_backward", dy, dx.tensor, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return MaxPoolBackwardBody<T, width.value>{
        x.data<T>(), y.data<T>(), dy.data<T>(), dx.tensor.data<T>(), from, to, rows_of(params, x, y), columns_of(params, x, y), dx.add};
  });
}

template <class Launcher>
void PoolingPrimitives<Launcher>::average_pool(const Tensor& x, const PoolParams& params, Tensor& y) {
  launch_over(this->launcher_, "average_pool", x, y, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return AveragePoolBody<T, width.value>{x.data<T>(), y.data<T>(), from, to, rows_of(params, x, y), columns_of(params, x, y)};
  });
}

template <class Launcher>
void PoolingPrimitives<Launcher>::average_pool_backward(const Tensor& dy, const PoolParams& params, Out dx) {
  launch_over(this->launcher_, "average_pool_backward", dy, dx.tensor, [&](auto type, auto width, Geometry from, Geometry to) {
    using T = typename decltype(type)::type;
    return AveragePoolBackwardBody<T, width.value>{
        dy.data<T>(), dx.tensor.data<T>(), from, to, rows_of(params, dx.tensor, dy), columns_of(params, dx.tensor, dy), dx.add};
  });
}

}  // namespace impasto
