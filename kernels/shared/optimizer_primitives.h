// The last link of SharedBackend: optimiser steps and random fills.
#pragma once
#include "kernels/shared/dispatch.h"
#include "kernels/shared/optimizer.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {

template <class Launcher>
void SharedBackend<Launcher>::adam_step(const AdamFactors& f, const Tensor& step_size, const Tensor& root_scale,
                                        std::span<const AdamParameter> parameters) {
  AdamBody body{step_size.data<float>(), root_scale.data<float>(), float(f.beta1),   float(f.beta2), float(1 - f.beta1),
                float(1 - f.beta2),      float(f.eps),             0,                {}};
  int chunks = 0;
  for (size_t i = 0; i < parameters.size(); i++) {
    const auto& [g, p, m, v] = parameters[i];
    for (const Tensor* other : {g, static_cast<const Tensor*>(m), static_cast<const Tensor*>(v)}) require_same_layout("adam_step", *other, *p);
    body.parameters[body.count++] = {g->data<float>(), p->data<float>(), m->data<float>(), v->data<float>(), p->stored(), chunks};
    chunks += flat_chunks(p->stored());
    if (body.count < AdamBody::most && i + 1 < parameters.size()) continue;
    this->launcher_.launch({chunks}, body);
    body.count = chunks = 0;
  }
}

template <class Launcher>
void SharedBackend<Launcher>::sgd_step(double rate, double momentum, const Tensor& g, Tensor& p, Tensor& velocity) {
  require_same_layout("sgd_step", g, p);
  this->launcher_.launch({flat_chunks(p.stored())},
                         SgdBody{g.data<float>(), p.data<float>(), velocity.data<float>(), p.stored(), float(rate), float(momentum)});
}

namespace {
template <class Draw, class Launcher>
void launch_random(Launcher& launcher, uint64_t key, uint64_t offset, Tensor& y) {
  for_dtype("random", y, [&](auto type) {
    using T = typename decltype(type)::type;
    const Geometry g = geometry_of(y);
    launcher.launch(tile_grid<1>(row_segments_of(g.h, g.w), g), RandomBody<Draw, T>{{}, y.data<T>(), g, key, offset});
  });
}
}  // namespace

template <class Launcher>
void SharedBackend<Launcher>::random_uniform(uint64_t key, uint64_t offset, Tensor& y) {
  launch_random<UniformDraw>(this->launcher_, key, offset, y);
}

template <class Launcher>
void SharedBackend<Launcher>::random_normal(uint64_t key, uint64_t offset, Tensor& y) {
  launch_random<NormalDraw>(this->launcher_, key, offset, y);
}

}  // namespace impasto
