// Total variation, squared:   loss = sum over all pixels of (x[i][j+1] - x[i][j])^2 + (x[i+1][j] - x[i][j])^2
//   dx = 2 dy (the sum over the neighbours q of p of x[p] - x[q])
// Five operations a number: memory limits it. The loss reads x and writes one number, the gradient reads x and writes as much.
#pragma once
#include "bench/kernels/study.h"
#include "kernels/shared/reduction.h"

namespace impasto::study {

/// The squares that belong to one element: its differences from the right and from below.
template <class T>
__device__ float squared_differences(const Problem<T>& problem, Element e) {
  const Geometry& g = problem.g;
  const T* own = problem.x + e.at(g);
  const float a = float(*own), right = e.j + 1 < g.w ? float(own[g.lanes]) - a : 0.0f;
  const float below = e.i + 1 < g.h ? float(own[std::int64_t(g.w) * g.lanes]) - a : 0.0f;
  return right * right + below * below;
}

/// Loss 1. A thread a row of pixels, then one thread that adds up the rows. Neighbouring threads read a row apart, so each load of a warp
/// touches 32 sectors; and at the end a single thread waits for one load after the other.
template <class T>
struct VariationByRow {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    const int row = thread_of_grid(block);
    if (row >= g.n * g.h) return;
    float sum = 0;
    for (int j = 0; j < g.w; j++) {
      for (int c = 0; c < g.lanes; c++) sum += squared_differences(problem, {row / g.h, c, row % g.h, j});
    }
    problem.scratch[row] = sum;
  }
};
struct AddAlone {
  const float* partial;
  float* result;
  int count;
  __device__ void operator()(CudaBlock&) const {
    float sum = 0;
    for (int k = 0; k < count; k++) sum += partial[k];
    *result = sum;
  }
};

/// Loss 2. A thread an element, in the order of memory; a block adds its 256 by a tree in shared memory, and a second kernel, one block,
/// adds the blocks' results. Coalesced; but eight rounds of barriers for one number a thread.
template <class T>
struct VariationByTree {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    float* line = block.shared<float>(block.size());
    const Geometry& g = problem.g;
    const int k = thread_of_grid(block), count = g.n * g.pixels() * g.lanes;
    const float own = k < count ? squared_differences(problem, MemoryOrder::element(k, g)) : 0.0f;
    const float sum = tree_sum(block, line, own);
    if (block.rank() == 0) problem.scratch[block.x()] = sum;
  }
};

/// Loss 3. As many blocks as the GPU holds at once, each thread walking the whole tensor in strides of the grid: a sum over the block
/// once for many elements, and by shuffles.
template <class T>
struct VariationByStride {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    const int count = g.n * g.pixels() * g.lanes;
    Lanes<1> sum(0.0f);
    for (int k = thread_of_grid(block); k < count; k += block.grid_x() * block.size()) {
      sum[0] += squared_differences(problem, MemoryOrder::element(k, g));
    }
    sum = block.sum(sum);
    if (block.rank() == 0) problem.scratch[block.x()] = sum[0];
  }
};

/// The second kernel of loss 2 to 4, the engine's: one block adds the partial results.
template <class T, class Launcher>
void add_partials(Launcher& launcher, const Problem<T>& problem, int count) {
  launcher.engine({1}, CombineBody{problem.scratch, problem.result, 0, 0, 1, count, 1.0f, false});
}

template <class T, class Launcher>
void variation_by_row(Launcher& launcher, const Problem<T>& problem) {
  const int rows = problem.g.n * problem.g.h;
  launcher.launch(a_thread_each(rows), VariationByRow<T>{problem});
  launcher.launch({{1}, 32}, AddAlone{problem.scratch, problem.result, rows});
}
template <class T, class Launcher>
void variation_by_tree(Launcher& launcher, const Problem<T>& problem) {
  Launch launch = a_thread_each(elements(problem.g));
  launch.shared_bytes = shared_bytes<float>(launch.threads);
  launcher.launch(launch, VariationByTree<T>{problem});
  add_partials(launcher, problem, launch.grid.x);
}
template <class T, class Launcher>
void variation_by_stride(Launcher& launcher, const Problem<T>& problem) {
  Launch launch = a_thread_each(elements(problem.g));
  constexpr int most = 1056;  // 8 blocks on each of 132 multiprocessors
  if (launch.grid.x > most) launch.grid.x = most;
  launcher.launch(launch, VariationByStride<T>{problem});
  add_partials(launcher, problem, launch.grid.x);
}

/// Loss 4. The engine's: eight channels a thread, so that a pixel's place and its borders are worked out once for eight numbers, and a
/// fixed cut into segments of 4096 pixels, so that the sum is the same bits on every GPU.
template <class T, class Launcher>
void variation_by_eight(Launcher& launcher, const Problem<T>& problem) {
  const Geometry& g = problem.g;
  const Grid grid = tile_grid<kLanes>(row_segments_of(g.h, g.w), g);
  launcher.engine(grid, VariationBody<T, kLanes>{Variation::squared, problem.x, problem.scratch, g});
  add_partials(launcher, problem, grid.x * grid.y * grid.z);
}

template <class T, class Launcher>
Versions<T, Launcher> variation_versions() {
  return {
      {"a thread a row", variation_by_row<T, Launcher>},
      {"a thread an element, tree", variation_by_tree<T, Launcher>},
      {"strides, shuffles", variation_by_stride<T, Launcher>},
      {"eight channels (engine)", variation_by_eight<T, Launcher>},
  };
}

/// Gradient 1. A thread an element, in PlanarOrder: a warp's 32 numbers lie in 32 sectors, and so do each neighbour's.
/// Gradient 2. The same in MemoryOrder: a warp's 32 numbers lie in 4 sectors (f32). One line of difference.
template <class Order, class T>
struct VariationGradient {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    const int k = thread_of_grid(block);
    if (k >= g.n * g.pixels() * g.lanes) return;
    const Element e = Order::element(k, g);
    const T* own = problem.x + e.at(g);
    const std::int64_t row = std::int64_t(g.w) * g.lanes;
    const float a = float(*own);
    float sum = 0;
    if (e.j + 1 < g.w) sum += a - float(own[g.lanes]);
    if (e.i + 1 < g.h) sum += a - float(own[row]);
    if (e.j > 0) sum += a - float(own[-g.lanes]);
    if (e.i > 0) sum += a - float(own[-row]);
    problem.y[e.at(g)] = T(2 * *problem.dy * sum);
  }
};

/// Gradient 3. Each number is asked for five times. Here a block brings 8 x 16 pixels of 8 channels and their border into shared memory,
/// once, and reads the neighbours there. The first-level cache does the same unasked: what is left to gain may not pay for the barrier.
template <class T>
struct VariationGradientByTile {
  Problem<T> problem;
  static constexpr int rows = 8, columns = 16, channels = 8, wide = columns + 2, tile = (rows + 2) * wide * channels;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    float* near = block.shared<float>(tile);
    const int groups = g.lanes / channels, n = block.z() / groups, first = block.z() % groups * channels;
    const int top = block.y() * rows - 1, left = block.x() * columns - 1;
    for (int k = block.rank(); k < tile; k += block.size()) {
      const Element e{n, first + k % channels, top + k / (wide * channels), left + k / channels % wide};
      if (e.i >= 0 && e.i < g.h && e.j >= 0 && e.j < g.w) near[k] = float(problem.x[e.at(g)]);
    }
    block.sync();
    for (int k = block.rank(); k < rows * columns * channels; k += block.size()) {
      const int i = k / (columns * channels) + 1, j = k / channels % columns + 1;
      const Element e{n, first + k % channels, top + i, left + j};
      if (e.i >= g.h || e.j >= g.w) continue;
      const float* own = near + (i * wide + j) * channels + k % channels;
      float sum = 0;
      if (e.j + 1 < g.w) sum += *own - own[channels];
      if (e.i + 1 < g.h) sum += *own - own[wide * channels];
      if (e.j > 0) sum += *own - own[-channels];
      if (e.i > 0) sum += *own - own[-wide * channels];
      problem.y[e.at(g)] = T(2 * *problem.dy * sum);
    }
  }
};

/// Gradient 4. The engine's: no shared memory, eight channels a thread: places and borders are worked out once for eight numbers.
template <class T, class Launcher>
void variation_gradient_by_eight(Launcher& launcher, const Problem<T>& problem) {
  const Geometry& g = problem.g;
  launcher.engine(tile_grid<kLanes>(row_segments_of(g.h, g.w), g),
                  VariationBackwardBody<T, kLanes>{Variation::squared, problem.x, problem.dy, problem.y, g, 1.0f, false});
}

template <class T, class Launcher>
Versions<T, Launcher> variation_gradient_versions() {
  using P = const Problem<T>&;
  using Tile = VariationGradientByTile<T>;
  return {
      {"a thread an element, planar",
       [](Launcher& l, P p) { l.launch(a_thread_each(elements(p.g)), VariationGradient<PlanarOrder, T>{p}); }},
      {"in the order of memory", [](Launcher& l, P p) { l.launch(a_thread_each(elements(p.g)), VariationGradient<MemoryOrder, T>{p}); }},
      {"tiles in shared memory",
       [](Launcher& l, P p) {
         const Grid grid{(p.g.w + Tile::columns - 1) / Tile::columns, (p.g.h + Tile::rows - 1) / Tile::rows,
                         p.g.n * p.g.lanes / Tile::channels};
         l.launch({grid, threads_of_a_block, shared_bytes<float>(Tile::tile)}, Tile{p});
       }},
      {"eight channels (engine)", variation_gradient_by_eight<T, Launcher>},
  };
}

}  // namespace impasto::study
