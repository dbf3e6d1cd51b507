// One-dimensional Winograd F(4, 3) down the columns, for kernels of R = 3 S rows: a segment of three kernel rows makes four output
// rows from six input rows by six products instead of twelve, and the segments add up before the way back.
// Points 0, +-sqrt(1/2), +-sqrt(2) and infinity, whose rounding errors are among the smallest (Lavin and Gray 2016;
// Vincent, Stephano, Frumkin, Ginsburg and Demouth 2017).
#pragma once
#include "kernels/cpu/vector.h"

namespace impasto::direct {
using namespace vectors;

inline constexpr int group_rows = 4, segment_rows = 3, elements = 6;
inline constexpr double near_point = 0.70710678118654752440, far_point = 1.41421356237309504880;

/// v = B' d: six rows of the input.
template <class V>
[[gnu::always_inline]] inline void transform_input(const V (&d)[elements], V (&v)[elements]) {
  constexpr float a = float(near_point), b = float(far_point);
  const V near_even = d[4] - 2.0f * d[2], near_odd = a * (d[3] - 2.0f * d[1]);
  const V far_even = d[4] - 0.5f * d[2], far_odd = b * (d[3] - 0.5f * d[1]);
  v[0] = d[0] - 2.5f * d[2] + d[4];
  v[1] = near_even + near_odd, v[2] = near_even - near_odd;
  v[3] = far_even + far_odd, v[4] = far_even - far_odd;
  v[5] = d[1] - 2.5f * d[3] + d[5];
}

/// y = A' m: four rows of the output.
template <class V>
[[gnu::always_inline]] inline void transform_output(const V (&m)[elements], V (&y)[group_rows]) {
  constexpr float a = float(near_point), b = float(far_point);
  const V near_even = m[1] + m[2], near_odd = a * (m[1] - m[2]), far_even = m[3] + m[4], far_odd = b * (m[3] - m[4]);
  y[0] = m[0] + near_even + far_even;
  y[1] = near_odd + far_odd;
  y[2] = 0.5f * near_even + 2.0f * far_even;
  y[3] = 0.5f * near_odd + 2.0f * far_odd + m[5];
}

/// A d: the gradients of four output rows.
template <class V>
[[gnu::always_inline]] inline void transform_output_gradient(const V (&d)[group_rows], V (&v)[elements]) {
  constexpr float a = float(near_point), b = float(far_point);
  const V near_even = d[0] + 0.5f * d[2], near_odd = a * (d[1] + 0.5f * d[3]);
  const V far_even = d[0] + 2.0f * d[2], far_odd = b * (d[1] + 2.0f * d[3]);
  v[0] = d[0];
  v[1] = near_even + near_odd, v[2] = near_even - near_odd;
  v[3] = far_even + far_odd, v[4] = far_even - far_odd;
  v[5] = d[3];
}

/// u = G g for the three rows of a segment; G' leads from the sums of a weight gradient back to it.
inline constexpr double kernel_matrix[elements][segment_rows] = {
    {1, 0, 0},
    {-2.0 / 3, -2.0 / 3 * near_point, -1.0 / 3},
    {-2.0 / 3, 2.0 / 3 * near_point, -1.0 / 3},
    {1.0 / 6, 1.0 / 6 * far_point, 1.0 / 3},
    {1.0 / 6, -1.0 / 6 * far_point, 1.0 / 3},
    {0, 0, 1},
};

/// Six rows of `count` floats to each element's row, `step` apart. Reads and writes whole vectors.
template <int L>
void transform_rows(const float* const (&rows)[elements], int count, float* to, std::size_t step) {
  for (int at = 0; at < count; at += L) {
    Vector<L> d[elements], v[elements];
#pragma GCC unroll 6
    for (int i = 0; i < elements; i++) load<L>(d[i], rows[i] + at);
    transform_input(d, v);
#pragma GCC unroll 6
    for (int e = 0; e < elements; e++) store<L>(to + e * step + at, v[e]);
  }
}

}  // namespace impasto::direct
