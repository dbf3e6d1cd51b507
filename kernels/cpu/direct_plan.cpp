// Which direct convolutions there are, how they are cut, and the convolution that is another's data gradient.
#include "kernels/cpu/direct_plan.h"

#include "engine/error.h"

namespace impasto {
namespace direct {
namespace {

/// A ring of rows leaves room for a block of weights in an L2 cache of half a MB.
constexpr std::size_t ring_floats = 192 * 1024 / sizeof(float);
constexpr int fewest_columns = 48, most_rows = 64;
/// Columns, or vectors of them, of a strip: sums of a block of channels fit the L1 cache. Whole blocks of pixels.
constexpr int blocked_strip = 24, planar_strip = 8;

int divide_up(std::int64_t a, std::int64_t b) { return int((a + b - 1) / b); }
std::size_t whole_lines(std::size_t floats) { return (floats + 15) / 16 * 16; }

}  // namespace

void require_supported(const DirectShape& s, const DirectLanes& lanes) {
  if (direct_supports(s, lanes)) return;
  const auto text = [](int i) { return std::to_string(i); };
  throw ShapeError("direct convolution: cannot take [" + text(s.n) + ", " + text(s.c) + ", " + text(s.h) + ", " + text(s.w) + "] by [" +
                   text(s.k) + ", " + text(s.c) + ", " + text(s.r) + ", " + text(s.s) + "] in " + text(lanes.x) + " lanes to " +
                   text(lanes.y) + ", strides " + text(s.stride_h) + ", " + text(s.stride_w) +
                   "; a planar output needs stride 1 and at most 8 channels, reflection a picture larger than its pads, Winograd stride 1 and a multiple "
                   "of three kernel rows");
}

Columns Plan::input(const DirectShape& s, const DirectLanes& lanes, int tile) const {
  const int first = tile * columns, count = std::min(columns, s.out_w() - first);
  const int window = (count - 1) * s.stride_w + s.s;
  return {first * s.stride_w, window, lanes.y == 1 ? vectors_of(count, lanes.vector) * lanes.vector + s.s - 1 : window, pitch};
}

Plan plan_for(const DirectShape& s, const DirectLanes& lanes, int threads) {
  Plan plan{};
  plan.group = s.winograd ? group_rows : 1;
  plan.ring_rows = s.r + plan.group - 1;
  const std::int64_t most = (std::int64_t(ring_floats) / (std::int64_t(plan.ring_rows) * s.c) - s.s) / s.stride_w + 1;
  plan.tiles = divide_up(s.out_w(), std::max<std::int64_t>(most, fewest_columns));
  plan.columns = divide_up(s.out_w(), plan.tiles);
  if (lanes.y == 1) {
    plan.strip = planar_strip * lanes.vector;
    const int unit = s.winograd ? plan.strip : lanes.vector;
    plan.columns = vectors_of(plan.columns, unit) * unit;
    plan.pitch = whole_lines(plan.columns + s.s - 1);
    plan.row = plan.pitch * s.c;
    plan.strip_pitch = whole_lines(plan.strip + s.s - 1);
    plan.strip_row = plan.strip_pitch * s.c;
  } else {
    plan.row = whole_lines((std::size_t(plan.columns - 1) * s.stride_w + s.s) * s.c);
    plan.strip = blocked_strip;
    plan.strip_row = whole_lines((std::size_t(plan.strip - 1) * s.stride_w + s.s) * s.c);
  }
  plan.tiles = divide_up(s.out_w(), plan.columns);
  // Four pieces a thread even out; bands lower than the kernel would prepare most rows more than once.
  const std::int64_t wanted = divide_up(std::int64_t(s.n) * plan.tiles * s.out_h(), 4 * threads);
  plan.bands = divide_up(s.out_h(), std::clamp<std::int64_t>(wanted, std::min(s.r, most_rows), most_rows));
  return plan;
}

std::size_t Plan::workspace(const DirectShape& s, const DirectLanes& lanes) const {
  const std::size_t sums = lanes.y == 1 ? block_channels : block_vectors * lanes.vector;
  return ring() + transformed(s) + (s.winograd ? elements * sums * strip : 0);
}

}  // namespace direct

bool direct_supports(const DirectShape& s, const DirectLanes& lanes) {
  const auto among = [](int l) { return l == 1 || l == 8 || l == 16; };
  const bool sizes = s.n > 0 && s.c > 0 && s.k > 0 && s.h > 0 && s.w > 0 && s.r > 0 && s.s > 0 && s.stride_h > 0 && s.stride_w > 0;
  if (!sizes || !among(lanes.x) || (lanes.vector != 8 && lanes.vector != 16)) return false;
  const int least = std::min({s.pad_top, s.pad_left, s.pad_bottom, s.pad_right});
  if (least < 0 || s.h + s.pad_top + s.pad_bottom < s.r || s.w + s.pad_left + s.pad_right < s.s) return false;
  if (s.padding == Padding::reflect && (std::max(s.pad_top, s.pad_bottom) >= s.h || std::max(s.pad_left, s.pad_right) >= s.w)) return false;
  if (s.winograd && !direct_winograd_suits(s)) return false;
  if (lanes.y == lanes.vector) return true;
  return lanes.y == 1 && s.k <= direct_planar_channels && s.stride_h == 1 && s.stride_w == 1;
}

bool direct_winograd_suits(const DirectShape& s) { return s.r % direct::segment_rows == 0 && s.stride_h == 1; }

DirectShape direct_data_gradient(const DirectShape& s) {
  return {s.n, s.k, s.c, s.out_h(), s.out_w(), s.r, s.s, 1, 1, s.r - 1 - s.pad_top, s.s - 1 - s.pad_left, s.r - 1 - s.pad_bottom,
          s.s - 1 - s.pad_right, Padding::zero, s.winograd};
}

std::size_t direct_workspace(const DirectShape& shape, const DirectLanes& lanes, int threads) {
  direct::require_supported(shape, lanes);
  return 64 + threads * direct::plan_for(shape, lanes, threads).workspace(shape, lanes) * sizeof(float);
}

}  // namespace impasto
