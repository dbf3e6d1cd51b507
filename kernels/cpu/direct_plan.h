// How a direct convolution is cut into pieces of work, and how the channels of its output and its weights lie in blocks.
#pragma once
#include <cstdint>

#include "kernels/cpu/direct.h"
#include "kernels/cpu/direct_columns.h"
#include "kernels/cpu/direct_rows.h"

namespace impasto::direct {

/// Two vectors of output channels a block; a last block may have one.
inline constexpr int block_vectors = 2;

/// Planar output channels: at most four a block, shared out evenly.
inline constexpr int block_channels = 4;
inline int channel_blocks(int k) { return (k + block_channels - 1) / block_channels; }
inline int first_channel(int k, int block) { return k * block / channel_blocks(k); }

/// Whole vectors (or groups of any kind) that hold so many channels.
inline int vectors_of(int channels, int lanes) { return (channels + lanes - 1) / lanes; }

/// Part `index` of `count` nearly equal parts of 0 .. n.
inline int part(int n, int index, int count) { return int(std::int64_t(n) * index / count); }

/// Rows of packed weights: those of the kernel, or every segment's for every element.
inline int weight_rows(const DirectShape& s) { return s.winograd ? elements * (s.r / segment_rows) : s.r; }

/// Where a workspace's first whole cache line begins.
inline float* first_line(void* workspace) {
  return reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(workspace) + 63) & ~std::uintptr_t(63));
}

/// Throws ShapeError unless direct_supports the shape.
void require_supported(const DirectShape& s, const DirectLanes& lanes);

/// One thread's piece is a band of output rows within a tile of output columns, of one image. It goes through it in groups of rows:
/// one row, or four by Winograd, whose transformed rows are made for a strip of the tile's columns at a time.
struct Plan {
  int tiles, columns;      // columns: of a tile
  int group, bands;        // group: rows
  int ring_rows;           // as many as a group needs
  std::size_t pitch, row;  // floats from channel to channel (planar rows) and from row to row of a ring
  int strip;               // columns, at most
  std::size_t strip_pitch, strip_row;

  std::size_t ring() const { return row * ring_rows; }
  std::size_t transformed(const DirectShape& s) const { return s.winograd ? weight_rows(s) * strip_row : 0; }
  /// Floats a thread: ring, transformed rows, sums.
  std::size_t workspace(const DirectShape& s, const DirectLanes& lanes) const;
  Columns input(const DirectShape& s, const DirectLanes& lanes, int tile) const;
};
Plan plan_for(const DirectShape& s, const DirectLanes& lanes, int threads);

}  // namespace impasto::direct
