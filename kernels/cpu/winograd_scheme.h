// The schemes of the Winograd engine. In one dimension a scheme turns a window d and a kernel g into a tile of outputs,
//   y = A' [ (G g) * (B' d) ],   * element by element,
// and a picture's window goes through it once along its columns and once along its rows. Everything follows from the three matrices:
//   convolution        y  = A' [ (G g G') * (B' d B) ] A
//   weight gradient    dg = G' [ (A dy A') * (B' d B) ] G
// and data gradients are convolutions by a scheme of their own with kernels turned round. Lavin and Gray 2016 (arXiv 1509.09308).
#pragma once
#include <algorithm>

namespace impasto::winograd {

constexpr double power(double base, int exponent) { return exponent == 0 ? 1 : base * power(base, exponent - 1); }

/// Points 0, +-sqrt(1/2), +-sqrt(2), infinity: half the rounding error of the usual 0, +-1, +-2, infinity.
struct SixPoints {
  static constexpr int count = 6;
  static constexpr double a = 0.70710678118654752, b = 1.41421356237309505;
  static constexpr double point[] = {0, a, -a, b, -b}, scale[] = {1, -2 / 3., -2 / 3., 1 / 6., 1 / 6.};
  static constexpr double input[6][6] = {{1, 0, -2.5, 0, 1, 0},        {0, -2 * a, -2, a, 1, 0},     {0, 2 * a, -2, -a, 1, 0},
                                         {0, -0.5 * b, -0.5, b, 1, 0}, {0, 0.5 * b, -0.5, -b, 1, 0}, {0, 1, 0, -2.5, 0, 1}};
};

/// Points 0, +-1, +-2, +-1/2, infinity.
struct EightPoints {
  static constexpr int count = 8;
  static constexpr double point[] = {0, 1, -1, 2, -2, 0.5, -0.5}, scale[] = {1, -2 / 9., -2 / 9., 1 / 90., 1 / 90., 32 / 45., 32 / 45.};
  static constexpr double input[8][8] = {{1, 0, -5.25, 0, 5.25, 0, -1, 0},      {0, 1, 1, -4.25, -4.25, 1, 1, 0},
                                         {0, -1, 1, 4.25, -4.25, -1, 1, 0},     {0, 0.5, 0.25, -2.5, -1.25, 2, 1, 0},
                                         {0, -0.5, 0.25, 2.5, -1.25, -2, 1, 0}, {0, 2, 4, -2.5, -5, 0.5, 1, 0},
                                         {0, -2, 4, 2.5, -5, -0.5, 1, 0},       {0, -1, 0, 5.25, 0, -5.25, 0, 1}};
};

/// F(m, r): m neighbouring outputs of a kernel of r taps, from m + r - 1 points (Toom and Cook).
template <class Points, int r>
struct Neighbours {
  static constexpr int taps = r, side = Points::count, in = side, out = side - r + 1, step = out;
  static constexpr double input(int i, int j) { return Points::input[i][j]; }
  static constexpr double output(int i, int j) { return j == side - 1 ? i == out - 1 : power(Points::point[j], i); }
  static constexpr double kernel(int i, int t) { return i == side - 1 ? t == r - 1 : Points::scale[i] * power(Points::point[i], t); }
};
using F4x3 = Neighbours<SixPoints, 3>;
using F6x3 = Neighbours<EightPoints, 3>;
using F5x4 = Neighbours<EightPoints, 4>;
using F4x5 = Neighbours<EightPoints, 5>;

/// F(3, 2) with the points 0, 1, -1, infinity, of which the schemes below are made.
namespace pair {
inline constexpr double input[4][4] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, -1, 0, 1}};
inline constexpr double output[3][4] = {{1, 1, 1, 0}, {0, 1, -1, 0}, {0, 1, 1, 1}};
inline constexpr double kernel[4][2] = {{1, 0}, {0.5, 0.5}, {0.5, -0.5}, {0, 1}};
}  // namespace pair

/// Each pixel twice (nearest), then three taps g:  y[2i] = g0 x[i-1] + (g1 + g2) x[i],  y[2i+1] = (g0 + g1) x[i] + g2 x[i+1].
/// Two phases of F(3, 2); the window begins at x[i-1].
struct Doubled {
  static constexpr int taps = 3, side = 8, in = 5, step = 3, out = 6;
  static constexpr double input(int i, int j) {
    const int phase = i / 4, at = j - phase;
    return at < 0 || at > 3 ? 0 : pair::input[i % 4][at];
  }
  static constexpr double output(int i, int j) { return i % 2 == j / 4 ? pair::output[i / 2][j % 4] : 0; }
  static constexpr double kernel(int i, int t) {
    const int which = i / 4 == 0 ? std::min(t, 1) : t / 2;  // of the two taps that phase has
    return pair::kernel[i % 4][which];
  }
};

/// Its data gradient, of the turned kernel:  dx[i] = g0 dy[2i-1] + (g1 + g2) dy[2i+1]  +  (g0 + g1) dy[2i] + g2 dy[2i+2].
/// The window begins at dy[2i-1].
struct Halved {
  static constexpr int taps = 3, side = 8, in = 8, step = 6, out = 3;
  static constexpr double input(int i, int j) { return j % 2 == i / 4 ? pair::input[i % 4][j / 2] : 0; }
  static constexpr double output(int i, int j) { return pair::output[i][j % 4]; }
  static constexpr double kernel(int i, int t) { return Doubled::kernel(i, t); }
};

/// Stride 2:  y[o] = g0 x[2o] + g1 x[2o+1] + g2 x[2o+2]. The outer taps are F(3, 2), the middle one is multiplied directly.
struct Strided {
  static constexpr int taps = 3, side = 7, in = 7, step = 6, out = 3;
  static constexpr double input(int i, int j) {
    if (i < 4) return j % 2 == 0 ? pair::input[i][j / 2] : 0;
    return j == 2 * (i - 4) + 1;
  }
  static constexpr double output(int i, int j) { return j < 4 ? pair::output[i][j] : i == j - 4; }
  static constexpr double kernel(int i, int t) {
    if (i < 4) return t == 1 ? 0 : pair::kernel[i][t / 2];
    return t == 1;
  }
};

/// Its data gradient, of the turned kernel:  dx[2i] = g0 dy[i-1] + g2 dy[i],  dx[2i+1] = g1 dy[i]. The window begins at dy[i-1].
struct Spread {
  static constexpr int taps = 3, side = 7, in = 4, step = 3, out = 6;
  static constexpr double input(int i, int j) { return i < 4 ? pair::input[i][j] : j == i - 3; }
  static constexpr double output(int i, int j) {
    if (i % 2 == 1) return j == 4 + i / 2;
    return j < 4 ? pair::output[i / 2][j] : 0;
  }
  static constexpr double kernel(int i, int t) { return Strided::kernel(i, t); }
};

/// The matrices as the transforms take them.
template <class S>
struct InputMatrix {
  static constexpr int rows = S::side, columns = S::in;
  static constexpr double at(int i, int j) { return S::input(i, j); }
};
template <class S>
struct OutputMatrix {
  static constexpr int rows = S::out, columns = S::side;
  static constexpr double at(int i, int j) { return S::output(i, j); }
};
template <class S>
struct OutputGradientMatrix {
  static constexpr int rows = S::side, columns = S::out;
  static constexpr double at(int i, int j) { return S::output(j, i); }
};

}  // namespace impasto::winograd
