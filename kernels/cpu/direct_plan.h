// How a direct convolution is cut into pieces of work, and how the channels of its output and its weights lie in blocks.
#pragma once
#include <cstdint>

#include "kernels/cpu/direct.h"
#include "kernels/cpu/direct_rows.h"

namespace impasto::direct {

/// Two vectors of output channels a block; a last block may have one.
inline constexpr int block_vectors = 2;

/// Planar output channels: at most four a block, shared out evenly.
inline constexpr int block_channels = 4;
inline int channel_blocks(int k) { return (k + block_channels - 1) / block_channels; }
inline int first_channel(int k, int block) { return k * block / channel_blocks(k); }

inline int vectors_of(int channels, int lanes) { return (channels + lanes - 1) / lanes; }

/// Throws ShapeError unless direct_supports the shape.
void require_supported(const DirectShape& s, const DirectLanes& lanes);

/// One thread's piece is a band of output rows within a tile of output columns, of one image.
struct Plan {
  int tiles, columns;      // columns: of a tile
  int bands, rows;         // rows: of a band
  std::size_t pitch, row;  // floats from channel to channel (planar rows) and from row to row of a ring

  std::size_t ring(const DirectShape& s) const { return row * s.r; }
  Columns input(const DirectShape& s, const DirectLanes& lanes, int tile) const;
};
Plan plan_for(const DirectShape& s, const DirectLanes& lanes, int threads);

}  // namespace impasto::direct
