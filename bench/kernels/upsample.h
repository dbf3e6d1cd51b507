// Nearest upsampling by 2:   y[i][j] = x[i / 2][j / 2].   Its gradient:   dx[i][j] = the sum of dy over the four pixels that copied
// x[i][j]. No arithmetic to speak of: all that counts is how the numbers are asked for and put down.
#pragma once
#include "bench/kernels/study.h"
#include "kernels/shared/structure.h"

namespace impasto::study {

/// Forward 1. A thread an element of y, in PlanarOrder: the writes of a warp lie in 32 sectors, each of which is written by eight warps
/// (f32). Forward 2. In MemoryOrder: a warp writes 128 bytes in a row.
template <class Order, class T>
struct Upsample {
  Problem<T> problem;
  Geometry to;
  __device__ void operator()(CudaBlock& block) const {
    const int k = thread_of_grid(block);
    if (k >= to.n * to.pixels() * to.lanes) return;
    const Element e = Order::element(k, to);
    problem.y[e.at(to)] = problem.x[Element{e.n, e.c, e.i / 2, e.j / 2}.at(problem.g)];
  }
};

/// Forward 3. A thread eight channels of a pixel of x, still in the order of memory: read once instead of four times, and the place is
/// worked out once for 32 numbers.
template <class T>
struct UpsampleByInput {
  Problem<T> problem;
  Geometry to;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    const int tiles = g.lanes / kLanes, k = thread_of_grid(block), tile = k % tiles, p = k / tiles % g.pixels(), n = k / tiles / g.pixels();
    if (n >= g.n) return;
    const Lanes<kLanes> value = plane<kLanes>(problem.x, g, n, tile).load(p);
    const auto y = plane<kLanes>(problem.y, to, n, tile);
    const int first = 2 * (p / g.w) * to.w + 2 * (p % g.w);
    y.store(first, value);
    y.store(first + 1, value);
    y.store(first + to.w, value);
    y.store(first + to.w + 1, value);
  }
};

/// Forward 4. The engine's: eight channels of a pixel of y a thread, and of neighbouring pixels, so that a block stays within its eight
/// channels. Each number is read four times, three of them from the cache, and any factor is served.
template <class T, class Launcher>
void upsample_by_eight(Launcher& launcher, const Problem<T>& problem) {
  const Geometry to = doubled(problem.g);
  launcher.engine(tile_grid<kLanes>(row_segments_of(to.h, to.w), to),
                  UpsampleNearestBody<T, kLanes>{problem.x, problem.y, problem.g, to, 2});
}

template <class T, class Launcher>
Versions<T, Launcher> upsample_versions() {
  using P = const Problem<T>&;
  return {
      {"a thread an element, planar",
       [](Launcher& l, P p) {
         l.launch(a_thread_each(4 * elements(p.g)), Upsample<PlanarOrder, T>{p, doubled(p.g)});
       }},
      {"in the order of memory",
       [](Launcher& l, P p) {
         l.launch(a_thread_each(4 * elements(p.g)), Upsample<MemoryOrder, T>{p, doubled(p.g)});
       }},
      {"read once, write four",
       [](Launcher& l, P p) {
         l.launch(a_thread_each(elements(p.g) / kLanes), UpsampleByInput<T>{p, doubled(p.g)});
       }},
      {"eight channels (engine)", upsample_by_eight<T, Launcher>},
  };
}

/// Gradient 1 and 2. A thread an element of dx, in either order. Nothing is scattered: with a thread an element of dy, four threads would
/// add to one place, which takes atomics and gives sums in no fixed order.
template <class Order, class T>
struct UpsampleGradient {
  Problem<T> problem;  // g: of dy
  Geometry to;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    const int k = thread_of_grid(block);
    if (k >= to.n * to.pixels() * to.lanes) return;
    const Element e = Order::element(k, to);
    const T* first = problem.x + Element{e.n, e.c, 2 * e.i, 2 * e.j}.at(g);
    const T* below = first + std::int64_t(g.w) * g.lanes;
    problem.y[e.at(to)] = T(float(first[0]) + float(first[g.lanes]) + float(below[0]) + float(below[g.lanes]));
  }
};

/// Gradient 3. The engine's: eight channels a thread.
template <class T, class Launcher>
void upsample_gradient_by_eight(Launcher& launcher, const Problem<T>& problem) {
  const Geometry to = halved(problem.g);
  launcher.engine(tile_grid<kLanes>(row_segments_of(to.h, to.w), to),
                  UpsampleNearestBackwardBody<T, kLanes>{problem.x, problem.y, problem.g, to, 2, false});
}

template <class T, class Launcher>
Versions<T, Launcher> upsample_gradient_versions() {
  using P = const Problem<T>&;
  return {
      {"a thread an element, planar",
       [](Launcher& l, P p) {
         l.launch(a_thread_each(elements(p.g) / 4), UpsampleGradient<PlanarOrder, T>{p, halved(p.g)});
       }},
      {"in the order of memory",
       [](Launcher& l, P p) {
         l.launch(a_thread_each(elements(p.g) / 4), UpsampleGradient<MemoryOrder, T>{p, halved(p.g)});
       }},
      {"eight channels (engine)", upsample_gradient_by_eight<T, Launcher>},
  };
}

}  // namespace impasto::study
