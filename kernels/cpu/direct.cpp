// The driver of the direct convolution: every thread prepares the rows that its band of output rows needs and multiplies them row by
// row, or by Winograd in groups of four rows.
#include "kernels/cpu/direct.h"

#include <omp.h>

#include "kernels/cpu/direct_blocks.h"
#include "kernels/cpu/direct_columns.h"

namespace impasto {
namespace {
using namespace direct;

struct Job {
  const DirectShape& s;
  const Plan& plan;
  const DirectFusion& fusion;
  const float* packed;
};

/// `columns` pixels of one output row, all channels. y: the first of them.
template <class Output>
void multiply_row(const Job& job, const Ring& ring, float* y, int columns) {
  for_blocks<Output>(job.s, job.fusion, job.packed, y, [&](const float* weights, int count, const Finish& finish) {
    Output::multiply(job.s, ring, job.plan.pitch, weights, count, finish, columns);
  });
}

/// The columns from `begin` on of all rows in the ring, transformed: [element][segment][strip_row].
template <class Output>
void transform_strip(const Job& job, const Ring& ring, int begin, int columns, float* v) {
  constexpr bool planar = Output::width == 1;
  const DirectShape& s = job.s;
  const Plan& plan = job.plan;
  const int segments = s.r / segment_rows, lines = planar ? s.c : 1;
  const int count = planar ? columns + s.s - 1 : ((columns - 1) * s.stride_w + s.s) * s.c;
  const std::size_t first = planar ? begin : std::size_t(begin) * s.stride_w * s.c;
  for (int segment = 0; segment < segments; segment++)
    for (int line = 0; line < lines; line++) {
      const float* rows[elements];
      for (int i = 0; i < elements; i++) rows[i] = ring.at(segment * segment_rows + i) + line * plan.pitch + first;
      transform_rows<Output::lanes>(rows, count, v + segment * plan.strip_row + line * plan.strip_pitch, segments * plan.strip_row);
    }
}

/// From the sums m [element][channels or vectors][plane] to `rows` rows of `floats` each in y.
template <class Output>
void finish_strip(const float* m, std::size_t plane, int count, const Finish& finish, std::size_t row_step, int rows, int floats) {
  constexpr int L = Output::lanes;
  for (int k = 0; k < count; k++) {
    Vector<L> bias;
    Output::load_bias(bias, finish.bias, k);
    for (int at = 0; at < floats; at += L) {
      Vector<L> sum[elements], out[group_rows];
#pragma GCC unroll 6
      for (int e = 0; e < elements; e++) load<L>(sum[e], m + (e * Output::most + k) * plane + at);
      transform_output(sum, out);
#pragma GCC unroll 4
      for (int r = 0; r < group_rows; r++)
        if (r < rows) finish.put<L>(out[r], bias, finish.y + k * finish.plane + r * row_step + at, floats - at);
    }
  }
}

/// `columns` pixels of up to four output rows, all channels, strip by strip.
template <class Output>
void multiply_group(const Job& job, const Ring& ring, float* space, float* y, int rows, int columns) {
  const DirectShape& s = job.s;
  const Plan& plan = job.plan;
  const int segments = s.r / segment_rows, units = vectors_of(columns, Output::pixels), strips = vectors_of(columns, plan.strip);
  const int whole = Output::width == 1 ? units * Output::pixels : columns;  // planar sums are whole vectors
  const std::size_t plane = std::size_t(plan.strip) * Output::width;
  const float no_bias[Output::most * Output::width] = {};
  float *v = space, *m = space + plan.transformed(s);
  for (int strip = 0; strip < strips; strip++) {
    const int begin = part(units, strip, strips) * Output::pixels, n = std::min(part(units, strip + 1, strips) * Output::pixels, whole) - begin;
    transform_strip<Output>(job, ring, begin, n, v);
    for_blocks<Output>(s, job.fusion, job.packed, y + begin * Output::width, [&](const float* weights, int count, const Finish& finish) {
      for (int e = 0; e < elements; e++) {
        const Ring rows_of_element{v + e * segments * plan.strip_row, plan.strip_row, segments, 0};
        const Finish sums{m + e * Output::most * plane, plane, no_bias, false, false};
        Output::multiply(s, rows_of_element, plan.strip_pitch, weights + std::size_t(e) * segments * s.s * s.c * count * Output::width, count,
                         sums, n);
      }
      finish_strip<Output>(m, plane, count, finish, std::size_t(s.out_w()) * Output::width, rows,
                           std::min(n, columns - begin) * Output::width);
    });
  }
}

template <class Output>
void convolve(const DirectShape& s, const DirectLanes& lanes, const float* x, const float* packed, float* y, const DirectFusion& fusion,
              float* work, int threads) {
  const Plan plan = plan_for(s, lanes, threads);
  const PrepareRow prepare = row_preparer<typename Output::Order>(lanes.x, fusion.mask);
  const Job job{s, plan, fusion, packed};
  const int out_h = s.out_h(), out_w = s.out_w(), groups = vectors_of(out_h, plan.group);
  const int channels = vectors_of(s.k, Output::width) * Output::width;
  const std::int64_t pieces = std::int64_t(s.n) * plan.bands * plan.tiles;
#pragma omp parallel num_threads(threads)
  {
    float* ring = work + omp_get_thread_num() * plan.workspace(s, lanes);
#pragma omp for schedule(dynamic)
    for (std::int64_t piece = 0; piece < pieces; piece++) {
      const int tile = int(piece % plan.tiles), band = int(piece / plan.tiles % plan.bands), image = int(piece / plan.tiles / plan.bands);
      const Columns input = plan.input(s, lanes, tile);
      const int left = tile * plan.columns, columns = std::min(plan.columns, out_w - left);
      int prepared = 0;  // rows of the padded picture before this one are in the ring, or needed no more
      for (int group = part(groups, band, plan.bands); group < part(groups, band + 1, plan.bands); group++) {
        const int row = group * plan.group, top = row * s.stride_h;
        for (prepared = std::max(prepared, top); prepared < top + plan.ring_rows; prepared++)
          prepare(s, x, fusion.mask, image, prepared, input, ring + prepared % plan.ring_rows * plan.row);
        float* to = y + (std::size_t(image) * channels * out_h * out_w + (std::size_t(row) * out_w + left) * Output::width);
        const Ring rows{ring, plan.row, plan.ring_rows, top % plan.ring_rows};
        if (s.winograd)
          multiply_group<Output>(job, rows, ring + plan.ring(), to, std::min(plan.group, out_h - row), columns);
        else
          multiply_row<Output>(job, rows, to, columns);
      }
    }
  }
}
}  // namespace

void direct_convolve(const DirectShape& shape, const DirectLanes& lanes, const float* x, const float* packed, float* y,
                     const DirectFusion& fusion, void* workspace, int threads) {
  require_supported(shape, lanes);
  float* work = first_line(workspace);
  const auto run = [&](auto convolve) { convolve(shape, lanes, x, packed, y, fusion, work, threads); };
  if (lanes.y == 1)
    lanes.vector == 8 ? run(convolve<PlanarOutput<8>>) : run(convolve<PlanarOutput<16>>);
  else
    lanes.vector == 8 ? run(convolve<BlockedOutput<8>>) : run(convolve<BlockedOutput<16>>);
}

}  // namespace impasto
