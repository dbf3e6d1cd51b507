// How the direct weight gradient is cut into pieces, and which side of the convolution plays which part.
#pragma once
#include "kernels/cpu/direct_plan.h"

namespace impasto::direct {

/// Both sides as pictures that are padded by index:
///   dw[r, s] = sum over all pixels u of wide padded of wide[u] narrow[u + (r, s)]
/// Where x is wide, narrow is dy with R - 1 and S - 1 zeros around it, and the kernel comes out turned round.
struct Sides {
  DirectShape wide, narrow;  // channels (c), h, w, pads and padding of each
  bool x_is_wide;

  int rows() const { return wide.h + wide.pad_top + wide.pad_bottom; }
  int columns() const { return wide.w + wide.pad_left + wide.pad_right; }
};

inline Sides sides_of(const DirectShape& s, const DirectLanes& lanes) {
  DirectShape dy{s.n, s.k, s.c, s.out_h(), s.out_w(), s.r, s.s};
  if (lanes.y == lanes.vector && (lanes.x != lanes.vector || s.k >= s.c)) return {dy, s, false};
  dy.pad_top = dy.pad_bottom = s.r - 1, dy.pad_left = dy.pad_right = s.s - 1;
  return {s, dy, true};
}

/// A piece is a run of bands, each of some groups of rows of the wide picture; a group is one row, or four by Winograd.
struct GradientPlan {
  int group, groups, bands, pieces;  // groups: of an image; bands: of an image
  int ring_rows, vectors, depth;     // vectors: of wide channels; depth: S times narrow channels
  std::size_t row, strip_row, sums;  // floats of a row of the ring, of a transformed strip of one, of the sums of a piece
  int strip;                         // columns, at most

  std::size_t ring() const { return row * ring_rows; }
  std::size_t transformed(const DirectShape& s) const { return s.winograd ? weight_rows(s) * strip_row : 0; }
  /// Floats a thread: ring, transformed strips of narrow, then of wide.
  std::size_t workspace(const DirectShape& s, int lanes) const {
    return ring() + transformed(s) + std::size_t(s.winograd ? elements : 1) * vectors * strip * lanes;
  }
};

inline GradientPlan gradient_plan_for(const DirectShape& s, const DirectLanes& lanes) {
  constexpr int fewest_rows = 32, most_pieces = 64;        // bands lower than that would prepare most rows twice
  constexpr std::size_t all_sums = std::size_t(4) << 20;  // floats
  const Sides sides = sides_of(s, lanes);
  const auto lines = [](std::size_t floats) { return (floats + 15) / 16 * 16; };
  GradientPlan plan{};
  plan.group = s.winograd ? group_rows : 1;
  plan.groups = vectors_of(sides.rows(), plan.group);
  plan.bands = std::max(1, sides.rows() / fewest_rows);
  plan.ring_rows = s.r + plan.group - 1;
  plan.vectors = vectors_of(sides.wide.c, lanes.vector);
  plan.depth = s.s * sides.narrow.c;
  plan.strip = 64;
  plan.row = lines(std::size_t(sides.columns() + s.s - 1) * sides.narrow.c);
  plan.strip_row = lines(std::size_t(plan.strip + s.s - 1) * sides.narrow.c);
  plan.sums = lines(std::size_t(weight_rows(s)) * plan.depth * plan.vectors * lanes.vector);
  plan.pieces = std::min({plan.bands * s.n, most_pieces, int(all_sums / plan.sums)});
  return plan;
}

}  // namespace impasto::direct
