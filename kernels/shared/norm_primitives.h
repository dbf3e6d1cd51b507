// NormPrimitives.
#pragma once
#include "kernels/shared/dispatch.h"
#include "kernels/shared/norm.h"
#include "kernels/shared/reduction.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {
namespace {

inline ChannelValues channels_of(const Tensor* x) {
  if (!x) return {nullptr, 0};
  if (x->lanes() != 1) throw ShapeError("per-channel values must be planar");
  return {x->data<float>(), x->shape().n == 1 ? 0 : x->shape().c};
}

inline ChannelNorm channel_norm(const Tensor& mean, const Tensor& rstd, const Tensor* gamma, const Tensor* beta) {
  return {channels_of(&mean), channels_of(&rstd), channels_of(gamma), channels_of(beta)};
}

/// mean and second moment [images of the output, C] of x.
template <class Launcher>
void launch_moments(Backend& backend, Launcher& launcher, const Tensor& x, Tensor& mean, Tensor& second, float eps, bool reciprocal_root) {
  const Geometry g = geometry_of(x);
  const int segments = segments_of(g.pixels()), outputs = mean.shape().n;
  Tensor means(backend, {g.n, g.c, 1, segments}), squares = means.like();
  for_layout<Launcher>("norm", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    launcher.launch(tile_grid<V>(segments, g), SegmentMomentsBody<T, V>{x.data<T>(), means.data<float>(), squares.data<float>(), g});
  });
  launcher.launch({g.c, 1, outputs}, MergeMomentsBody{means.data<float>(), squares.data<float>(), mean.data<float>(), second.data<float>(),
                                                      g.c, segments, g.pixels(), g.n / outputs, eps, reciprocal_root});
}

}  // namespace

template <class Launcher>
void NormPrimitives<Launcher>::norm(NormScope scope, const Tensor& x, const Tensor* gamma, const Tensor* beta, double eps, bool relu,
                                    Tensor& mean, Tensor& rstd, Tensor& y) {
  require_same_layout("norm", x, y);
  if (scope != NormScope::frozen) launch_moments(*this, this->launcher_, x, mean, rstd, float(eps), true);
  const Geometry g = geometry_of(x);
  for_layout<Launcher>("norm", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    this->launcher_.launch(tile_grid<V>(segments_of(g.pixels()), g),
                           NormApplyBody<T, V>{x.data<T>(), y.data<T>(), g, channel_norm(mean, rstd, gamma, beta), relu});
  });
}

template <class Launcher>
void NormPrimitives<Launcher>::norm_backward(NormScope scope, const Tensor& x, const Tensor& dy, const Tensor* gamma, const Tensor* beta,
                                             const Tensor& mean, const Tensor& rstd, bool relu, Out* dx, Out* dgamma, Out* dbeta) {
  require_same_layout("norm_backward", x, dy);
  if (scope == NormScope::batch && gamma && gamma->shape().n > 1) {
    throw ShapeError("norm_backward: with the statistics of the batch gamma has one row, not " + std::to_string(gamma->shape().n));
  }
  const Geometry g = geometry_of(x);
  const ChannelNorm norm = channel_norm(mean, rstd, gamma, beta);
  const int segments = segments_of(g.pixels());
  const int64_t per_image = int64_t(g.c) * segments;
  // The sums of each image's channels, or of the batch's, from those of the segments.
  const auto combine = [&](const Tensor& partial, Tensor& y, bool add) {
    const bool batch = y.shape().n == 1;
    this->launcher_.launch({y.shape().n * g.c},
                           CombineBody{partial.data<float>(), y.data<float>(), segments, per_image, batch ? g.n : 1, segments, 1.0f, add});
  };
  const bool needs_sums = scope != NormScope::frozen || dgamma || dbeta;
  Tensor s1(*this, {scope == NormScope::image ? g.n : 1, g.c}), s2 = s1.like();
  for_layout<Launcher>("norm_backward", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    const Grid grid = tile_grid<V>(segments, g);
    if (needs_sums) {
      Tensor p1(*this, {g.n, g.c, 1, segments}), p2 = p1.like();
      this->launcher_.launch(grid, NormSumsBody<T, V>{x.data<T>(), dy.data<T>(), p1.data<float>(), p2.data<float>(), g, norm, relu});
      combine(p1, s1, false);
      combine(p2, s2, false);
      if (dbeta) combine(p1, dbeta->tensor, dbeta->add);
      if (dgamma) combine(p2, dgamma->tensor, dgamma->add);
    }
    if (!dx) return;
    require_same_layout("norm_backward", x, dx->tensor);
    const int64_t count = scope == NormScope::image ? g.pixels() : int64_t(g.pixels()) * g.n;
    const bool frozen = scope == NormScope::frozen;
    this->launcher_.launch(grid, NormBackwardBody<T, V>{x.data<T>(), dy.data<T>(), dx->tensor.data<T>(), g, norm,
                                                        channels_of(frozen ? nullptr : &s1), channels_of(frozen ? nullptr : &s2),
                                                        frozen ? 0.0f : 1.0f / float(count), relu, dx->add});
  });
}

template <class Launcher>
void NormPrimitives<Launcher>::norm_factors(const Tensor& mean, const Tensor& variance, const Tensor* gamma, const Tensor* beta, double eps,
                                            Tensor& rstd, Tensor& scale, Tensor& shift) {
  const Shape s = scale.shape();
  const auto fits = [&](const Tensor* row) { return !row || ((row->shape().n == 1 || row->shape().n == s.n) && row->shape().c == s.c); };
  if (mean.shape() != variance.shape() || mean.shape() != rstd.shape() || s != shift.shape() || !fits(&mean) || !fits(gamma) || !fits(beta)) {
    throw ShapeError("norm_factors: mean " + mean.shape().text() + " does not fit a scale of " + s.text());
  }
  this->launcher_.launch({s.n}, NormFactorsBody{channels_of(&mean), channels_of(&variance), channels_of(gamma), channels_of(beta),
                                                rstd.data<float>(), scale.data<float>(), shift.data<float>(), s.c, mean.shape().n,
                                                float(eps)});
}

template <class Launcher>
void NormPrimitives<Launcher>::scale_shift(const Tensor& x, const Tensor* scale, const Tensor* shift, bool relu, const Tensor* shortcut,
                                           Tensor& y) {
  require_same_layout("scale_shift", x, y);
  if (shortcut) require_same_layout("scale_shift", x, *shortcut);
  const Geometry g = geometry_of(x);
  for_layout<Launcher>("scale_shift", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    this->launcher_.launch(tile_grid<V>(segments_of(g.pixels()), g),
                           ScaleShiftBody<T, V>{x.data<T>(), shortcut ? shortcut->data<T>() : nullptr, y.data<T>(), g, channels_of(scale),
                                                channels_of(shift), relu});
  });
}

template <class Launcher>
void NormPrimitives<Launcher>::channel_moments(const Tensor& x, Tensor& mean, Tensor& variance) {
  launch_moments(*this, this->launcher_, x, mean, variance, 0.0f, false);
}

template <class Launcher>
void NormPrimitives<Launcher>::channel_moments_backward(const Tensor& x, const Tensor& mean, const Tensor* dmean, const Tensor* dvariance,
                                                        Out dx) {
  require_same_layout("channel_moments_backward", x, dx.tensor);
  const Geometry g = geometry_of(x);
  for_layout<Launcher>("channel_moments_backward", x, [&](auto type, auto width) {
    using T = typename decltype(type)::type;
    constexpr int V = width.value;
    this->launcher_.launch(tile_grid<V>(segments_of(g.pixels()), g),
                           MomentsBackwardBody<T, V>{x.data<T>(), dx.tensor.data<T>(), g, channels_of(&mean), channels_of(dmean),
                                                     channels_of(dvariance), dx.add});
  });
}

}  // namespace impasto
