// The driver of the direct convolution: every thread prepares the rows that its band of output rows needs and multiplies them row by row.
#include "kernels/cpu/direct.h"

#include <omp.h>

#include "kernels/cpu/direct_plan.h"
#include "kernels/cpu/direct_products.h"

namespace impasto {
namespace {
using namespace direct;

/// Part `index` of `count` nearly equal parts of 0 .. n.
int part(int n, int index, int count) { return int(std::int64_t(n) * index / count); }

struct Job {
  const DirectShape& s;
  const DirectFusion& fusion;
  const float* packed;
  float* y;
};

/// `columns` pixels of one output row, all channels, from interleaved rows. y: the first of them.
template <int L>
void multiply_row_blocked(const Job& job, const Plan&, const Ring& ring, float* y, int columns) {
  const DirectShape& s = job.s;
  const int vectors = vectors_of(s.k, L), depth = s.s * s.c;
  const std::size_t plane = std::size_t(s.out_h()) * s.out_w() * L, step = std::size_t(s.stride_w) * s.c;
  for (int first = 0; first < vectors; first += block_vectors) {
    const int count = std::min(block_vectors, vectors - first);
    float bias[block_vectors * L] = {};
    if (job.fusion.bias) std::copy_n(job.fusion.bias + first * L, std::min(s.k - first * L, count * L), bias);
    const Finish finish{y + first * plane, plane, bias, job.fusion.add, job.fusion.relu};
    const float* weights = job.packed + std::size_t(first) * L * s.r * depth;
    const auto run = [&](const auto& multiply) {
      const int blocks = (columns + int(multiply.size()) - 1) / int(multiply.size());
      for (int b = 0; b < blocks; b++) {
        const int begin = part(columns, b, blocks), n = part(columns, b + 1, blocks) - begin;
        multiply[n - 1](ring, begin * step, step, depth, weights, finish, std::size_t(begin) * L);
      }
    };
    if (count == block_vectors)
      run(multiply_by_pixels<L, block_vectors>);
    else
      run(multiply_by_pixels<L, 1>);
  }
}

/// The same from planar rows.
template <int L>
void multiply_row_planar(const Job& job, const Plan& plan, const Ring& ring, float* y, int columns) {
  const DirectShape& s = job.s;
  const std::size_t plane = std::size_t(s.out_h()) * s.out_w();
  for (int block = 0; block < channel_blocks(s.k); block++) {
    const int first = first_channel(s.k, block), count = first_channel(s.k, block + 1) - first;
    float bias[block_channels] = {};
    if (job.fusion.bias) std::copy_n(job.fusion.bias + first, count, bias);
    const Finish finish{y + first * plane, plane, bias, job.fusion.add, job.fusion.relu};
    const float* weights = job.packed + std::size_t(first) * s.r * s.c * s.s;
    const auto run = [&](const auto& multiply) {
      const int vectors = vectors_of(columns, L), blocks = (vectors + int(multiply.size()) - 1) / int(multiply.size());
      for (int b = 0; b < blocks; b++) {
        const int begin = part(vectors, b, blocks), n = part(vectors, b + 1, blocks) - begin;
        multiply[n - 1](ring, std::size_t(begin) * L, plan.pitch, s.c, s.s, weights, finish, columns - begin * L);
      }
    };
    switch (count) {
      case 1:
        run(multiply_by_columns<L, 1>);
        break;
      case 2:
        run(multiply_by_columns<L, 2>);
        break;
      case 3:
        run(multiply_by_columns<L, 3>);
        break;
      default:
        run(multiply_by_columns<L, 4>);
    }
  }
}

template <int L>
void convolve(const DirectShape& s, const DirectLanes& lanes, const float* x, const float* packed, float* y, const DirectFusion& fusion,
              float* work, int threads) {
  const Plan plan = plan_for(s, lanes, threads);
  const bool planar = lanes.y == 1;
  const PrepareRow prepare = planar ? row_preparer<Planar>(lanes.x, fusion.mask) : row_preparer<Interleaved>(lanes.x, fusion.mask);
  const auto& multiply_row = planar ? multiply_row_planar<L> : multiply_row_blocked<L>;
  const Job job{s, fusion, packed, y};
  const int out_h = s.out_h(), out_w = s.out_w(), channels = planar ? s.k : vectors_of(s.k, L) * L;
  const std::int64_t pieces = std::int64_t(s.n) * plan.bands * plan.tiles;
#pragma omp parallel num_threads(threads)
  {
    float* ring = work + omp_get_thread_num() * plan.ring(s);
#pragma omp for schedule(dynamic)
    for (std::int64_t piece = 0; piece < pieces; piece++) {
      const int tile = int(piece % plan.tiles), band = int(piece / plan.tiles % plan.bands), image = int(piece / plan.tiles / plan.bands);
      const Columns input = plan.input(s, lanes, tile);
      const int left = tile * plan.columns, columns = std::min(plan.columns, out_w - left);
      int prepared = 0;  // rows of the padded picture before this one are in the ring, or needed no more
      for (int row = part(out_h, band, plan.bands); row < part(out_h, band + 1, plan.bands); row++) {
        const int top = row * s.stride_h;
        for (prepared = std::max(prepared, top); prepared < top + s.r; prepared++)
          prepare(s, x, fusion.mask, image, prepared, input, ring + prepared % s.r * plan.row);
        float* to = y + (std::size_t(image) * channels * out_h * out_w + (std::size_t(row) * out_w + left) * lanes.y);
        multiply_row(job, plan, {ring, plan.row, s.r, top % s.r}, to, columns);
      }
    }
  }
}
}  // namespace

void direct_convolve(const DirectShape& shape, const DirectLanes& lanes, const float* x, const float* packed, float* y,
                     const DirectFusion& fusion, void* workspace, int threads) {
  require_supported(shape, lanes);
  float* work = reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(workspace) + 63) & ~std::uintptr_t(63));
  if (lanes.vector == 8)
    convolve<8>(shape, lanes, x, packed, y, fusion, work, threads);
  else
    convolve<16>(shape, lanes, x, packed, y, fusion, work, threads);
}

}  // namespace impasto
