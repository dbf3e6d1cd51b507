// Instance norm, affine, and ReLU:   y = max(0, gamma (x - mean) / sqrt(var + eps) + beta), mean and biased variance of each channel of
// each image. Two sums over the pixels, the second about the mean, then the numbers themselves: x is read three times and written once.
#pragma once
#include "bench/kernels/study.h"
#include "kernels/shared/norm.h"

namespace impasto::study {

constexpr float norm_eps = 1e-5f;

/// V channels of one image by the threads 0 .. size - 1 that share them; sum(a) adds up a over these threads.
template <int V, class T, class Sum>
__device__ void normalise(const Problem<T>& problem, int image, int tile, int rank, int size, Sum sum) {
  const Geometry& g = problem.g;
  const auto x = plane<V>(problem.x, g, image, tile);
  const auto y = plane<V>(problem.y, g, image, tile);
  Lanes<V> total(0.0f), squares(0.0f);
  for (int p = rank; p < g.pixels(); p += size) total += x.load(p);
  const Lanes<V> mean = sum(total) / float(g.pixels());
  for (int p = rank; p < g.pixels(); p += size) {
    const Lanes<V> d = x.load(p) - mean;
    squares += d * d;
  }
  const Lanes<V> variance = sum(squares) / float(g.pixels());
  Lanes<V> factor = load_channels<V>(problem.gamma, tile * V, g.c, 0.0f);  // 0 behind C, where y stays 0
  for (int v = 0; v < V; v++) factor[v] /= sqrtf(variance[v] + norm_eps);
  const Lanes<V> shift = load_channels<V>(problem.beta, tile * V, g.c, 0.0f);
  for (int p = rank; p < g.pixels(); p += size) y.store(p, relu((x.load(p) - mean) * factor + shift));
}

/// 1. A thread a channel. Neighbouring threads read neighbouring channels, so the loads are coalesced; but there are N C threads, and one
///    multiprocessor alone has room for 2048: nearly all of the GPU is idle, and each thread waits for one load after the other.
template <class T>
struct NormByThread {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    const int k = thread_of_grid(block);
    if (k >= problem.g.n * problem.g.lanes) return;
    normalise<1>(problem, k / problem.g.lanes, k % problem.g.lanes, 0, 1, [](Lanes<1> a) { return a; });
  }
};

/// 2. A block a channel, its sums by a tree in shared memory: 256 times the threads. But neighbouring threads now read neighbouring pixels,
///    L numbers apart, and memory comes in sectors of 32 bytes: of each sector one number is used.
template <class T>
struct NormByBlock {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    float* line = block.shared<float>(block.size());
    normalise<1>(problem, block.z(), block.y(), block.rank(), block.size(),
                 [&](Lanes<1> a) { return Lanes<1>(tree_sum(block, line, a[0])); });
  }
};

/// 3. The same, sums by shuffles: within a warp numbers go from register to register, without shared memory and without barriers; one
///    number a warp goes through shared memory. 2 barriers a sum, where the tree has 10.
template <class T>
struct NormByShuffles {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    normalise<1>(problem, block.z(), block.y(), block.rank(), block.size(), [&](Lanes<1> a) { return block.sum(a); });
  }
};

/// 4. A block eight channels, a thread all eight of a pixel: whole sectors are used (f32: 32 bytes a thread), an eighth of the loads'
///    addresses is computed, and eight sums are in flight at once. But N L / 8 blocks may be fewer than there are multiprocessors.
template <class T>
struct NormByEight {
  Problem<T> problem;
  __device__ void operator()(CudaBlock& block) const {
    normalise<kLanes>(problem, block.z(), block.y(), block.rank(), block.size(), [&](Lanes<kLanes> a) { return block.sum(a); });
  }
};

/// 5. The engine's: planes are cut into segments of 4096 pixels, a block for each, however few channels there are. A grid has no barrier of
///    its own, so a second kernel merges the segments' means and squares and a third applies them. The squares of a segment are
///    summed while it is still in the cache: memory is read twice and not three times. And up to four blocks of neighbouring channels stand
///    together in one CUDA block (Place), so that what four neighbouring threads load lies side by side: f32, a whole line of 128 bytes.
template <class T, class Launcher>
void norm_by_segments(Launcher& launcher, const Problem<T>& problem) {
  const Geometry& g = problem.g;
  const int segments = segments_of(g.pixels());
  const Grid grid = tile_grid<kLanes>(segments, g);
  float *means = problem.scratch, *squares = means + std::int64_t(g.n) * g.c * segments;
  float *mean = squares + std::int64_t(g.n) * g.c * segments, *rstd = mean + g.n * g.c;
  launcher.engine(grid, SegmentMomentsBody<T, kLanes>{problem.x, means, squares, g});
  launcher.engine({g.c, 1, g.n}, MergeMomentsBody{means, squares, mean, rstd, g.c, segments, g.pixels(), 1, norm_eps, true});
  const ChannelNorm norm{{mean, g.c}, {rstd, g.c}, {problem.gamma, 0}, {problem.beta, 0}};
  launcher.engine(grid, NormApplyBody<T, kLanes>{problem.x, problem.y, g, norm, true});
}

template <class T, class Launcher>
Versions<T, Launcher> instance_norm_versions() {
  using P = const Problem<T>&;
  return {
      {"a thread a channel", [](Launcher& l, P p) { l.launch(a_thread_each(p.g.n * p.g.lanes), NormByThread<T>{p}); }},
      {"a block a channel",
       [](Launcher& l, P p) {
         l.launch({{1, p.g.lanes, p.g.n}, threads_of_a_block, shared_bytes<float>(threads_of_a_block)}, NormByBlock<T>{p});
       }},
      {"shuffles",
       [](Launcher& l, P p) {
         l.launch({{1, p.g.lanes, p.g.n}, threads_of_a_block}, NormByShuffles<T>{p});
       }},
      {"eight channels",
       [](Launcher& l, P p) {
         l.launch({{1, p.g.template tiles<kLanes>(), p.g.n}, threads_of_a_block}, NormByEight<T>{p});
       }},
      {"split over pixels (engine)", norm_by_segments<T, Launcher>},
  };
}

}  // namespace impasto::study
