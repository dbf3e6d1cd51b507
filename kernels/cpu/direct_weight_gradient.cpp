// The driver of the direct weight gradient: threads sum pieces of the picture, then add the sums of all pieces in order.
#include "kernels/cpu/direct_weight_gradient.h"

#include <omp.h>

#include "engine/error.h"
#include "kernels/cpu/direct_weight_gradient_plan.h"
#include "kernels/cpu/direct_weight_products.h"

namespace impasto {
namespace {
using namespace direct;

constexpr std::int64_t most_sums = 1 << 16;

/// Transforms a strip of all rows in the ring of narrow rows: [element][segment][strip_row].
template <int L>
void transform_narrow(const DirectShape& s, const GradientPlan& plan, const Ring& ring, std::size_t begin, int count, float* v) {
  const int segments = s.r / segment_rows;
  for (int segment = 0; segment < segments; segment++) {
    const float* rows[elements];
    for (int i = 0; i < elements; i++) rows[i] = ring.at(segment * segment_rows + i) + begin;
    transform_rows<L>(rows, count, v + segment * plan.strip_row, segments * plan.strip_row);
  }
}

/// The numbers of both sides, each with the mask if it is dy.
struct Sources {
  const float *wide, *wide_mask, *narrow, *narrow_mask;
};

/// The sums of one band of one image. work: of this thread.
template <int L>
void sum_band(const DirectShape& s, const GradientPlan& plan, const Sides& sides, const Sources& from, int narrow_lanes, int image, int band,
              float* work, float* sums) {
  const PrepareRow prepare_narrow = row_preparer<Interleaved>(narrow_lanes, from.narrow_mask);
  const PrepareWide prepare_wide = wide_preparer<L>(from.wide_mask, s.winograd);
  const int channels = sides.narrow.c, width = sides.columns(), strips = vectors_of(width, plan.strip);
  const int segments = s.winograd ? s.r / segment_rows : s.r, rows_of_d = s.winograd ? elements : 1;
  const Columns all{0, width + s.s - 1, width + s.s - 1, 0};
  float *ring = work, *v = ring + plan.ring(), *d = v + plan.transformed(s);
  const std::size_t plane = std::size_t(plan.strip) * L, sums_row = std::size_t(plan.depth) * plan.vectors * L;
  int prepared = 0;
  for (int group = part(plan.groups, band, plan.bands); group < part(plan.groups, band + 1, plan.bands); group++) {
    const int top = group * plan.group;
    for (prepared = std::max(prepared, top); prepared < top + plan.ring_rows; prepared++)
      prepare_narrow(sides.narrow, from.narrow, from.narrow_mask, image, prepared, all, ring + prepared % plan.ring_rows * plan.row);
    const Ring rows{ring, plan.row, plan.ring_rows, top % plan.ring_rows};
    for (int strip = 0; strip < strips; strip++) {
      const int begin = part(width, strip, strips), n = part(width, strip + 1, strips) - begin;
      const std::size_t first = std::size_t(begin) * channels;
      prepare_wide(sides.wide, from.wide, from.wide_mask, image, top, begin, n, d, plane);
      if (s.winograd) transform_narrow<L>(s, plan, rows, first, (n + s.s - 1) * channels, v);
      for (int e = 0; e < rows_of_d; e++)
        for (int segment = 0; segment < segments; segment++) {
          const int row = e * segments + segment;
          accumulate_row<L>(d + e * plan.vectors * plane, plane, plan.vectors, s.winograd ? v + row * plan.strip_row : rows.at(segment) + first,
                            channels, plan.depth, n, sums + row * sums_row);
        }
    }
  }
}

/// All channels of kernel row `row` of the sums, into dw.
void write_row(const DirectShape& s, const GradientPlan& plan, const Sides& sides, int lanes, int row, const float* sums, float* dw, bool add) {
  const int channels = sides.narrow.c, segments = s.r / segment_rows;
  const std::size_t sums_row = std::size_t(plan.depth) * plan.vectors * lanes;
  const auto sum = [&](std::size_t at) {
    if (!s.winograd) return sums[row * sums_row + at];
    double total = 0;
    for (int e = 0; e < elements; e++)
      total += kernel_matrix[e][row % segment_rows] * sums[(e * segments + row / segment_rows) * sums_row + at];
    return float(total);
  };
  for (int wide = 0; wide < sides.wide.c; wide++) {
    const int vector = wide / lanes, first = vector / block_vectors * block_vectors, count = std::min(block_vectors, plan.vectors - first);
    for (int i = 0; i < plan.depth; i++) {
      const int narrow = i % channels, column = i / channels;
      const std::size_t at = (std::size_t(first) * plan.depth + i * count + vector - first) * lanes + wide % lanes;
      const std::size_t kernel = sides.x_is_wide ? std::size_t(narrow) * s.c + wide : std::size_t(wide) * s.c + narrow;
      const int r = sides.x_is_wide ? s.r - 1 - row : row, c = sides.x_is_wide ? s.s - 1 - column : column;
      float& to = dw[(kernel * s.r + r) * s.s + c];
      to = (add ? to : 0.0f) + sum(at);
    }
  }
}

template <int L>
void weight_gradient(const DirectShape& s, const DirectLanes& lanes, const float* x, const float* dy, const float* mask, float* dw, bool add,
                     float* work, int threads) {
  const GradientPlan plan = gradient_plan_for(s, lanes);
  const Sides sides = sides_of(s, lanes);
  const Sources from = sides.x_is_wide ? Sources{x, nullptr, dy, mask} : Sources{dy, mask, x, nullptr};
  const int narrow_lanes = sides.x_is_wide ? lanes.y : lanes.x, units = s.n * plan.bands;
  float* sums = work + threads * plan.workspace(s, L);
#pragma omp parallel num_threads(threads)
  {
    float* own = work + omp_get_thread_num() * plan.workspace(s, L);
#pragma omp for schedule(dynamic)
    for (int piece = 0; piece < plan.pieces; piece++) {
      float* to = sums + piece * plan.sums;
      std::fill_n(to, plan.sums, 0.0f);
      for (int unit = part(units, piece, plan.pieces); unit < part(units, piece + 1, plan.pieces); unit++)
        sum_band<L>(s, plan, sides, from, narrow_lanes, unit / plan.bands, unit % plan.bands, own, to);
    }
#pragma omp for schedule(static)
    for (std::size_t at = 0; at < plan.sums; at += 16)
      for (int piece = 1; piece < plan.pieces; piece++)
        for (std::size_t i = at; i < at + 16; i++) sums[i] += sums[piece * plan.sums + i];
#pragma omp for schedule(static)
    for (int row = 0; row < s.r; row++) write_row(s, plan, sides, L, row, sums, dw, add);
  }
}

void require_gradient_supported(const DirectShape& s, const DirectLanes& lanes) {
  if (direct_weight_gradient_supports(s, lanes)) return;
  const auto text = [](int i) { return std::to_string(i); };
  throw ShapeError("direct weight gradient: cannot take [" + text(s.k) + ", " + text(s.c) + ", " + text(s.r) + ", " + text(s.s) + "] in " +
                   text(lanes.x) + " lanes to " + text(lanes.y) + "; it needs stride 1, few channels on one side and vectors on the other");
}
}  // namespace

bool direct_weight_gradient_supports(const DirectShape& s, const DirectLanes& lanes) {
  DirectLanes blocked = lanes;
  blocked.y = lanes.vector;  // the sizes are those of some direct convolution; a planar dy may have any number of channels
  const auto among = [](int l) { return l == 1 || l == 8 || l == 16; };
  if (!direct_supports(s, blocked) || !among(lanes.y) || s.stride_h != 1 || s.stride_w != 1) return false;
  if (lanes.x != lanes.vector && lanes.y != lanes.vector) return false;
  const GradientPlan plan = gradient_plan_for(s, lanes);
  return std::int64_t(s.r) * plan.depth * plan.vectors * lanes.vector <= most_sums;
}

std::size_t direct_weight_gradient_workspace(const DirectShape& s, const DirectLanes& lanes, int threads) {
  require_gradient_supported(s, lanes);
  const GradientPlan plan = gradient_plan_for(s, lanes);
  return 64 + (threads * plan.workspace(s, lanes.vector) + plan.pieces * plan.sums) * sizeof(float);
}

void direct_weight_gradient(const DirectShape& s, const DirectLanes& lanes, const float* x, const float* dy, const float* mask, float* dw,
                            bool add, void* workspace, int threads) {
  require_gradient_supported(s, lanes);
  const auto run = lanes.vector == 8 ? weight_gradient<8> : weight_gradient<16>;
  run(s, lanes, x, dy, mask, dw, add, first_line(workspace), threads);
}

}  // namespace impasto
