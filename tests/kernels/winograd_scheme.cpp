// The schemes of Winograd: each in one dimension against the sum it stands for, and the vector transforms against the plain matrices.
#include "kernels/cpu/winograd_scheme.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "kernels/cpu/winograd_transform.h"
#include "tests/tolerance.h"

namespace {
using namespace impasto;
using namespace impasto::winograd;

using Numbers = std::vector<double>;

Numbers normal_numbers(int n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> draw;
  Numbers numbers(n);
  for (double& v : numbers) v = draw(random);
  return numbers;
}

double relative_error(const Numbers& got, const Numbers& want) {
  REQUIRE(got.size() == want.size());
  double wrong = 0, largest = 0;
  for (std::size_t i = 0; i < want.size(); i++) {
    REQUIRE(std::isfinite(got[i]));
    wrong = std::max(wrong, std::abs(got[i] - want[i])), largest = std::max(largest, std::abs(want[i]));
  }
  return wrong / largest;
}

/// What y is of a window d and a kernel g.
struct AsNeighbours {
  static double y(int o, const Numbers& d, const Numbers& g) {
    double sum = 0;
    for (int t = 0; t < int(g.size()); t++) sum += g[t] * d[o + t];
    return sum;
  }
};
/// d begins one pixel before the first that is doubled.
struct AsDoubled {
  static double y(int o, const Numbers& d, const Numbers& g) {
    const auto doubled = [&](int i) { return d[(i + 2) / 2]; };
    return g[0] * doubled(o - 1) + g[1] * doubled(o) + g[2] * doubled(o + 1);
  }
};
/// Both pixels that a pixel was doubled to.
struct AsHalved {
  static double y(int o, const Numbers& d, const Numbers& g) { return AsNeighbours::y(2 * o, d, g) + AsNeighbours::y(2 * o + 1, d, g); }
};
struct AsStrided {
  static double y(int o, const Numbers& d, const Numbers& g) { return AsNeighbours::y(2 * o, d, g); }
};
/// Zeros stand between the pixels; d begins one pixel early.
struct AsSpread {
  static double y(int o, const Numbers& d, const Numbers& g) {
    double sum = 0;
    for (int t = 0; t < 3; t++)
      if ((o + t) % 2 == 0) sum += g[t] * d[(o + t) / 2];
    return sum;
  }
};

template <class S>
struct KernelMatrix {
  static constexpr int rows = S::side, columns = S::taps;
  static constexpr double at(int i, int j) { return S::kernel(i, j); }
};

/// M v, or M' v.
template <class M>
Numbers times(const Numbers& v) {
  Numbers out(M::rows, 0.0);
  for (int i = 0; i < M::rows; i++)
    for (int j = 0; j < M::columns; j++) out[i] += M::at(i, j) * v[j];
  return out;
}
template <class M>
Numbers transposed_times(const Numbers& v) {
  Numbers out(M::columns, 0.0);
  for (int i = 0; i < M::rows; i++)
    for (int j = 0; j < M::columns; j++) out[j] += M::at(i, j) * v[i];
  return out;
}
Numbers product(const Numbers& a, const Numbers& b) {
  Numbers out = a;
  for (std::size_t i = 0; i < a.size(); i++) out[i] *= b[i];
  return out;
}

template <class Sum>
Numbers tile_of(int outputs, const Numbers& d, const Numbers& g) {
  Numbers y;
  for (int o = 0; o < outputs; o++) y.push_back(Sum::y(o, d, g));
  return y;
}

template <class S, class Sum>
void check_scheme() {
  const Numbers d = normal_numbers(S::in, 1), g = normal_numbers(S::taps, 2), dy = normal_numbers(S::out, 3);
  const Numbers v = times<InputMatrix<S>>(d);
  const Numbers y = times<OutputMatrix<S>>(product(times<KernelMatrix<S>>(g), v));
  REQUIRE(relative_error(y, tile_of<Sum>(S::out, d, g)) < tolerance::f64);

  const Numbers dg = transposed_times<KernelMatrix<S>>(product(times<OutputGradientMatrix<S>>(dy), v));
  Numbers want;
  for (int t = 0; t < S::taps; t++) {
    Numbers tap(S::taps, 0.0);
    tap[t] = 1;
    const Numbers along = product(dy, tile_of<Sum>(S::out, d, tap));
    want.push_back(std::accumulate(along.begin(), along.end(), 0.0));
  }
  REQUIRE(relative_error(dg, want) < tolerance::f64);
}

/// M D M' of a square.
template <class M>
Numbers both_sides(const Numbers& d) {
  Numbers half, out;
  for (int i = 0; i < M::rows; i++)
    for (int j = 0; j < M::columns; j++) {
      double sum = 0;
      for (int l = 0; l < M::columns; l++) sum += M::at(i, l) * d[l * M::columns + j];
      half.push_back(sum);
    }
  for (int i = 0; i < M::rows; i++)
    for (int j = 0; j < M::rows; j++) {
      double sum = 0;
      for (int l = 0; l < M::columns; l++) sum += half[i * M::columns + l] * M::at(j, l);
      out.push_back(sum);
    }
  return out;
}

/// Squares of numbers, one for each lane: element e of lane l at values[e * pitch + l].
template <int L>
struct Squares {
  std::vector<Numbers> lane;
  std::vector<float> values;

  Squares(int elements, int pitch) : values(std::size_t(elements) * pitch, std::nanf("")) {
    for (int l = 0; l < L; l++) {
      lane.push_back(normal_numbers(elements, l));
      for (int e = 0; e < elements; e++) values[e * pitch + l] = float(lane[l][e]);
    }
  }
};

template <int L>
Numbers lane_of(const std::vector<float>& values, int elements, int pitch, int l) {
  Numbers out;
  for (int e = 0; e < elements; e++) out.push_back(values[e * pitch + l]);
  return out;
}

template <int L>
using TransformLines = void (*)(const float* const* line, float* out, std::size_t stride);

/// A transform of a square of `size` lines to `side` lines, as M says.
template <class M, int L>
void check_lines(TransformLines<L> transform) {
  constexpr int size = M::columns, side = M::rows, stride = 3 * L;
  const Squares<L> in(size * size, L);
  const float* line[size];
  for (int i = 0; i < size; i++) line[i] = in.values.data() + i * size * L;
  std::vector<float> out(side * side * stride, std::nanf(""));
  transform(line, out.data(), stride);
  for (int l = 0; l < L; l++) REQUIRE(relative_error(lane_of<L>(out, side * side, stride, l), both_sides<M>(in.lane[l])) < tolerance::f32);
  for (int e = 0; e < side * side; e++)
    for (int i = L; i < stride; i++) REQUIRE(std::isnan(out[e * stride + i]));
}

template <class S, int L>
void check_transforms() {
  check_lines<InputMatrix<S>, L>(transform_input<S, L>);
  check_lines<OutputGradientMatrix<S>, L>(transform_output_gradient<S, L>);

  constexpr int stride = 2 * L;
  const Squares<L> products(S::side * S::side, stride);
  std::vector<float> tile(S::out * S::out * L, std::nanf(""));
  transform_output<S, L>(products.values.data(), stride,
                         [&](int i, int j, const Vector<L>& v) { store<L>(tile.data() + (i * S::out + j) * L, v); });
  for (int l = 0; l < L; l++)
    REQUIRE(relative_error(lane_of<L>(tile, S::out * S::out, L, l), both_sides<OutputMatrix<S>>(products.lane[l])) < tolerance::f32);
}
}  // namespace

TEST_CASE("Winograd schemes give the sums they stand for, and the gradient of their kernels") {
  check_scheme<F4x3, AsNeighbours>();
  check_scheme<F6x3, AsNeighbours>();
  check_scheme<F5x4, AsNeighbours>();
  check_scheme<F4x5, AsNeighbours>();
  check_scheme<Doubled, AsDoubled>();
  check_scheme<Halved, AsHalved>();
  check_scheme<Strided, AsStrided>();
  check_scheme<Spread, AsSpread>();
}

TEST_CASE_TEMPLATE("Winograd transforms are products with a scheme's matrices, in every lane", S, F4x3, F6x3, F5x4, F4x5, Doubled, Halved,
                   Strided, Spread) {
  check_transforms<S, 8>();
  check_transforms<S, 16>();
}
