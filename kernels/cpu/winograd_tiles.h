// The tile transforms of Winograd F(4x4, 3x3), vectorised over the L channel lanes.
// Points 0, +-sqrt(1/2), +-sqrt(2), infinity: half the rounding error of the usual 0, +-1, +-2, infinity.
//   convolution       y  = A' [ (G g G') * (B' d B) ] A      d: 6x6 window of x, y: 4x4 tile, * element by element over 36 elements
//   weight gradient   dg = G' [ (A dy A') * (B' d B) ] G
// Element e of a tile is kept `stride` floats from element e + 1.
#pragma once
#include "kernels/cpu/vector.h"

namespace impasto::winograd {
using namespace vectors;

inline constexpr int window = 6, tile = 4, elements = window * window;

inline constexpr float sqrt_half = 0.70710678118654752f, sqrt_two = 1.41421356237309505f;

/// B' of one line of six; writes six elements.
template <int L>
[[gnu::always_inline]] inline void input_line(const Vector<L>* d, float* out, std::size_t stride) {
  const Vector<L> even_a = d[4] - 2.0f * d[2], odd_a = d[3] - 2.0f * d[1];
  const Vector<L> even_b = d[4] - 0.5f * d[2], odd_b = d[3] - 0.5f * d[1];
  store<L>(out, d[0] + d[4] - 2.5f * d[2]);
  store<L>(out + stride, even_a + sqrt_half * odd_a);
  store<L>(out + 2 * stride, even_a - sqrt_half * odd_a);
  store<L>(out + 3 * stride, even_b + sqrt_two * odd_b);
  store<L>(out + 4 * stride, even_b - sqrt_two * odd_b);
  store<L>(out + 5 * stride, d[1] + d[5] - 2.5f * d[3]);
}

/// B' d B of the window whose six lines begin at line[i]. Pixels are read again for each pair of rows: cheaper than keeping 36 of them.
template <int L>
inline void transform_input(const float* const* line, float* out, std::size_t stride) {
  using V = Vector<L>;
  const auto outer = [&](int first, float* to) __attribute__((always_inline)) {
    V row[window];
#pragma GCC unroll 6
    for (int j = 0; j < window; j++) {
      V a, b, c;
      load<L>(a, line[first] + j * L), load<L>(b, line[first + 2] + j * L), load<L>(c, line[first + 4] + j * L);
      row[j] = a + c - 2.5f * b;
    }
    input_line<L>(row, to, stride);
  };
  const auto pair = [&](float square, float root, float* to) __attribute__((always_inline)) {
    V plus[window], minus[window];
#pragma GCC unroll 6
    for (int j = 0; j < window; j++) {
      V a, b, c, d;
      load<L>(a, line[1] + j * L), load<L>(b, line[2] + j * L), load<L>(c, line[3] + j * L), load<L>(d, line[4] + j * L);
      const V even = d - square * b, odd = c - square * a;
      plus[j] = even + root * odd;
      minus[j] = even - root * odd;
    }
    input_line<L>(plus, to, stride);
    input_line<L>(minus, to + window * stride, stride);
  };
  outer(0, out);
  pair(2.0f, sqrt_half, out + window * stride);
  pair(0.5f, sqrt_two, out + 3 * window * stride);
  outer(1, out + 5 * window * stride);
}

/// A' m A of the 36 products at m; put(i, j, v) receives the 4x4 outputs.
template <int L, class Put>
[[gnu::always_inline]] inline void transform_output(const float* m, std::size_t stride, const Put& put) {
  using V = Vector<L>;
  const auto line = [&](int i, const V* t) __attribute__((always_inline)) {
    const V sum_a = t[1] + t[2], difference_a = t[1] - t[2], sum_b = t[3] + t[4], difference_b = t[3] - t[4];
    put(i, 0, t[0] + sum_a + sum_b);
    put(i, 1, sqrt_half * (difference_a + 2.0f * difference_b));
    put(i, 2, 0.5f * sum_a + (sum_b + sum_b));
    put(i, 3, t[5] + 0.5f * sqrt_half * (difference_a + 8.0f * difference_b));
  };
  const float* row[window];
  for (int i = 0; i < window; i++) row[i] = m + i * window * stride;
  V upper[window], lower[window];
#pragma GCC unroll 6
  for (int j = 0; j < window; j++) {
    V m0, m1, m2, m3, m4;
    load<L>(m0, row[0] + j * stride), load<L>(m1, row[1] + j * stride), load<L>(m2, row[2] + j * stride);
    load<L>(m3, row[3] + j * stride), load<L>(m4, row[4] + j * stride);
    const V sum_a = m1 + m2, sum_b = m3 + m4;
    upper[j] = m0 + sum_a + sum_b;
    lower[j] = 0.5f * sum_a + (sum_b + sum_b);
  }
  line(0, upper);
  line(2, lower);
#pragma GCC unroll 6
  for (int j = 0; j < window; j++) {
    V m1, m2, m3, m4, m5;
    load<L>(m1, row[1] + j * stride), load<L>(m2, row[2] + j * stride);
    load<L>(m3, row[3] + j * stride), load<L>(m4, row[4] + j * stride), load<L>(m5, row[5] + j * stride);
    const V difference_a = m1 - m2, difference_b = m3 - m4;
    upper[j] = sqrt_half * (difference_a + 2.0f * difference_b);
    lower[j] = m5 + 0.5f * sqrt_half * (difference_a + 8.0f * difference_b);
  }
  line(1, upper);
  line(3, lower);
}

/// A dy A' of the 4x4 tile of dy whose lines begin at line[i].
template <int L>
inline void transform_output_gradient(const float* const* line, float* out, std::size_t stride) {
  using V = Vector<L>;
  const auto spread = [](const V* y, V* r) __attribute__((always_inline)) {
    const V even_a = y[0] + 0.5f * y[2], odd_a = sqrt_half * (y[1] + 0.5f * y[3]);
    const V even_b = y[0] + 2.0f * y[2], odd_b = sqrt_two * (y[1] + 2.0f * y[3]);
    r[0] = y[0], r[1] = even_a + odd_a, r[2] = even_a - odd_a, r[3] = even_b + odd_b, r[4] = even_b - odd_b, r[5] = y[3];
  };
  V columns[window][tile];
#pragma GCC unroll 4
  for (int j = 0; j < tile; j++) {
    V y[tile], r[window];
#pragma GCC unroll 4
    for (int i = 0; i < tile; i++) load<L>(y[i], line[i] + j * L);
    spread(y, r);
#pragma GCC unroll 6
    for (int i = 0; i < window; i++) columns[i][j] = r[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < window; i++) {
    V r[window];
    spread(columns[i], r);
#pragma GCC unroll 6
    for (int j = 0; j < window; j++, out += stride) store<L>(out, r[j]);
  }
}

/// G, from the points above.
inline constexpr double point_a = 0.47140452079103168, point_b = 0.23570226039551584;  // sqrt(2) / 3 and sqrt(2) / 6
inline constexpr double kernel_matrix[window][3] = {
    {1, 0, 0}, {-2 / 3., -point_a, -1 / 3.}, {-2 / 3., point_a, -1 / 3.}, {1 / 6., point_b, 1 / 3.}, {1 / 6., -point_b, 1 / 3.}, {0, 0, 1}};

/// out = M in M' for the R x S matrix M(i, j), with a vector of values at each place.
template <int R, int S, class V, class Matrix>
inline void both_sides(const Matrix& matrix, const V* in, V* out) {
  V half[R][S];
  for (int i = 0; i < R; i++)
    for (int j = 0; j < S; j++) {
      half[i][j] = V{};
      for (int l = 0; l < S; l++) half[i][j] += matrix(i, l) * in[l * S + j];
    }
  for (int i = 0; i < R; i++)
    for (int j = 0; j < R; j++) {
      out[i * R + j] = V{};
      for (int l = 0; l < S; l++) out[i * R + j] += half[i][l] * matrix(j, l);
    }
}

}  // namespace impasto::winograd
