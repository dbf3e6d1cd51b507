// Gram matrix of a feature map, image by image:   G = F F^T / (C P), F = x as [C, P], P = H W.
// 2 C C P products and sums over C P numbers: 2 C operations a number, so it is arithmetic that limits it, if each number that is loaded is
// used often enough. That is what the versions are about.
#pragma once
#include "bench/kernels/study.h"
#include "kernels/shared/matrix.h"

namespace impasto::study {

inline float gram_scale(const Geometry& g) { return 1.0f / (float(g.c) * float(g.pixels())); }

/// 1. A thread an entry of G. Each multiplication and addition takes two loads, eight bytes for two operations. Most come from a cache,
///    since the threads of a warp share one channel and have neighbouring ones for the other; but loads are what it does.
template <class T>
struct GramByEntry {
  Problem<T> problem;
  float scale;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    const int e = thread_of_grid(block), i = e / g.c, j = e % g.c, image = block.z();
    if (i >= g.c) return;
    const auto row = plane<1>(problem.x, g, image, i), column = plane<1>(problem.x, g, image, j);
    float sum = 0;
    for (int p = 0; p < g.pixels(); p++) sum += row.load(p)[0] * column.load(p)[0];
    problem.result[(image * g.c + i) * g.c + j] = scale * sum;
  }
};

/// 2. A block 16 x 16 entries. Sixteen pixels of the 16 + 16 channels are brought into shared memory, one number a thread of each; then
/// every
///    number serves 16 threads. Memory is asked for a sixteenth of what it was, but shared memory still gives two numbers a product.
template <class T>
struct GramByTile {
  Problem<T> problem;
  float scale;
  static constexpr int side = 16;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    float *left = block.shared<float>(side * side), *right = block.shared<float>(side * side);
    const int row = block.rank() / side, column = block.rank() % side;
    const int first_row = block.x() * side, first_column = block.y() * side;
    float sum = 0;
    for (int first = 0; first < g.pixels(); first += side) {
      left[block.rank()] = channel(first_row + column, first + row, block.z());
      right[block.rank()] = channel(first_column + column, first + row, block.z());
      block.sync();
      for (int p = 0; p < side; p++) sum += left[p * side + row] * right[p * side + column];
      block.sync();
    }
    const int i = first_row + row, j = first_column + column;
    if (i < g.c && j < g.c) problem.result[(block.z() * g.c + i) * g.c + j] = scale * sum;
  }
  __device__ float channel(int c, int p, int image) const {
    return c < problem.g.lanes && p < problem.g.pixels() ? plane<1>(problem.x, problem.g, image, c).load(p)[0] : 0.0f;
  }
};

/// 3. A block 64 x 64 entries, a thread 4 x 4 of them, in registers: 8 numbers from shared memory for 16 products. A thread's entries are
/// 16
///    apart, so that a warp reads neighbouring words and no bank of shared memory is asked twice at once.
/// 4. The same kernel, split over pixels: with C = 64 there is one such block an image. So a block takes `run` pixels, and a second kernel
///    adds the partial matrices, always in the same order. G is symmetric: only tiles on and above the diagonal are computed.
template <class T>
struct GramByRegisters {
  Problem<T> problem;
  float* out;  // [image][run][C][C]
  int run;     // pixels of one block
  bool upper_half;
  float scale;
  static constexpr int side = 64, depth = 16, own = 4, apart = side / own;
  __device__ void operator()(CudaBlock& block) const {
    const Geometry& g = problem.g;
    float *left = block.shared<float>(depth * side), *right = block.shared<float>(depth * side);
    const int tiles = (g.c + side - 1) / side;
    const TilePair pair = upper_half ? tile_pair(block.x(), tiles) : TilePair{block.x() / tiles, block.x() % tiles};
    const int row = block.rank() / apart, column = block.rank() % apart;
    const int begin = block.y() * run, end = begin + run < g.pixels() ? begin + run : g.pixels();
    float sum[own][own] = {};
    for (int first = begin; first < end; first += depth) {
      for (int e = block.rank(); e < depth * side; e += block.size()) {
        left[e] = channel(pair.row * side + e % side, first + e / side, end, block.z());
        right[e] = channel(pair.column * side + e % side, first + e / side, end, block.z());
      }
      block.sync();
      for (int p = 0; p < depth; p++) {
        const float *l = left + p * side + row, *r = right + p * side + column;
        IMPASTO_UNROLL
        for (int a = 0; a < own; a++) {
          IMPASTO_UNROLL
          for (int b = 0; b < own; b++) sum[a][b] += l[a * apart] * r[b * apart];
        }
      }
      block.sync();
    }
    float* matrix = out + (std::int64_t(block.z()) * block.grid_y() + block.y()) * g.c * g.c;
    for (int a = 0; a < own; a++) {
      for (int b = 0; b < own; b++) {
        const int i = pair.row * side + row + a * apart, j = pair.column * side + column + b * apart;
        if (i < g.c && j < g.c) matrix[i * g.c + j] = scale * sum[a][b];
      }
    }
  }
  __device__ float channel(int c, int p, int end, int image) const {
    return c < problem.g.lanes && p < end ? plane<1>(problem.x, problem.g, image, c).load(p)[0] : 0.0f;
  }
};

/// The second kernel of 4: the sum of the partial matrices; below the diagonal what stands above it.
struct AddMatrices {
  const float* partial;  // [image][run][C][C]
  float* result;
  int channels, runs;
  float scale;
  __device__ void operator()(CudaBlock& block) const {
    const int e = thread_of_grid(block), i = e / channels, j = e % channels;
    if (i >= channels) return;
    const int matrix = channels * channels, from = i < j ? i * channels + j : j * channels + i;
    float sum = 0;
    for (int r = 0; r < runs; r++) sum += partial[(std::int64_t(block.z()) * runs + r) * matrix + from];
    result[block.z() * matrix + e] = scale * sum;
  }
};

template <class T, class Launcher>
void gram_by_registers(Launcher& launcher, const Problem<T>& problem) {
  using Body = GramByRegisters<T>;
  const int tiles = (problem.g.c + Body::side - 1) / Body::side;
  const std::size_t tile_bytes = shared_bytes<float>(Body::depth * Body::side);
  launcher.launch({{tiles * tiles, 1, problem.g.n}, threads_of_a_block, 2 * tile_bytes},
                  Body{problem, problem.result, problem.g.pixels(), false, gram_scale(problem.g)});
}

template <class T, class Launcher>
void gram_by_runs(Launcher& launcher, const Problem<T>& problem) {
  using Body = GramByRegisters<T>;
  constexpr int run = 512;
  const Geometry& g = problem.g;
  const int tiles = (g.c + Body::side - 1) / Body::side, runs = (g.pixels() + run - 1) / run;
  const std::size_t tile_bytes = shared_bytes<float>(Body::depth * Body::side);
  launcher.launch({{tiles * (tiles + 1) / 2, runs, g.n}, threads_of_a_block, 2 * tile_bytes},
                  Body{problem, problem.scratch, run, true, 1.0f});
  Launch add = a_thread_each(g.c * g.c);
  add.grid.z = g.n;
  launcher.launch(add, AddMatrices{problem.scratch, problem.result, g.c, runs, gram_scale(g)});
}

/// 5. The engine's, the body that its CPU runs too: a block 8 x 8 entries of one run of pixels, a thread all 64 of them for its own pixels.
///    16 numbers from the cache for 64 products, and no shared memory until the end, when the threads' 64 sums are added by shuffles.
template <class T, class Launcher>
void gram_by_pixels(Launcher& launcher, const Problem<T>& problem) {
  const Geometry& g = problem.g;
  const int tiles = g.tiles<kLanes>(), pairs = tiles * (tiles + 1) / 2, run = gram_run(g.c), runs = (g.pixels() + run - 1) / run;
  launcher.engine({pairs, runs, g.n}, GramBody<T, kLanes, false>{problem.x, {}, problem.scratch, g});
  launcher.engine({pairs, 1, g.n}, GramCombineBody<kLanes>{problem.scratch, problem.result, g.c, tiles, runs, gram_scale(g)});
}

template <class T, class Launcher>
Versions<T, Launcher> gram_versions() {
  using P = const Problem<T>&;
  return {
      {"a thread an entry",
       [](Launcher& l, P p) {
         Launch launch = a_thread_each(p.g.c * p.g.c);
         launch.grid.z = p.g.n;
         l.launch(launch, GramByEntry<T>{p, gram_scale(p.g)});
       }},
      {"tiles in shared memory",
       [](Launcher& l, P p) {
         constexpr int side = GramByTile<T>::side;
         const int tiles = (p.g.c + side - 1) / side;
         l.launch({{tiles, tiles, p.g.n}, side * side, 2 * shared_bytes<float>(side * side)}, GramByTile<T>{p, gram_scale(p.g)});
       }},
      {"4 x 4 sums in registers", gram_by_registers<T, Launcher>},
      {"split over pixels, half", gram_by_runs<T, Launcher>},
      {"8 x 8 sums a thread (engine)", gram_by_pixels<T, Launcher>},
  };
}

}  // namespace impasto::study
