// Weights of the direct convolution in the order in which its products read them.
//   blocked y   [block of 2 L output channels][R][S][C][2 L]; a last block of one vector is [R][S][C][L]
//   planar y    [block of at most 4 output channels][R][C][S][channels of the block]
// For Winograd down the columns, instead of R: [element][segment of three kernel rows], transformed.
#include "kernels/cpu/direct_plan.h"

namespace impasto {
using namespace direct;

std::size_t direct_packed_size(const DirectShape& s, const DirectLanes& lanes) {
  const std::size_t outputs = lanes.y == 1 ? s.k : vectors_of(s.k, lanes.y) * lanes.y;
  return outputs * s.c * weight_rows(s) * s.s;
}

void direct_pack_weights(const DirectShape& s, const DirectLanes& lanes, const float* oihw, bool turned, float* packed) {
  const auto tap = [&](int k, int c, int i, int j) {
    if (turned) return oihw[((std::size_t(c) * s.k + k) * s.r + s.r - 1 - i) * s.s + s.s - 1 - j];
    return oihw[((std::size_t(k) * s.c + c) * s.r + i) * s.s + j];
  };
  const int rows = weight_rows(s), segments = s.r / segment_rows;
  const auto weight = [&](int k, int c, int row, int j) {
    if (k >= s.k) return 0.0f;
    if (!s.winograd) return tap(k, c, row, j);
    double sum = 0;
    for (int i = 0; i < segment_rows; i++) sum += kernel_matrix[row / segments][i] * tap(k, c, row % segments * segment_rows + i, j);
    return float(sum);
  };
  if (lanes.y == 1) {
    for (int block = 0; block < channel_blocks(s.k); block++)
      for (int i = 0; i < rows; i++)
        for (int c = 0; c < s.c; c++)
          for (int j = 0; j < s.s; j++)
            for (int k = first_channel(s.k, block); k < first_channel(s.k, block + 1); k++) *packed++ = weight(k, c, i, j);
    return;
  }
  const int outputs = vectors_of(s.k, lanes.y) * lanes.y, width = block_vectors * lanes.y;
#pragma omp parallel for schedule(static)
  for (int begin = 0; begin < outputs; begin += width) {
    float* to = packed + std::size_t(begin) * s.c * rows * s.s;
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < s.s; j++)
        for (int c = 0; c < s.c; c++)
          for (int k = begin; k < std::min(begin + width, outputs); k++) *to++ = weight(k, c, i, j);
  }
}

}  // namespace impasto
