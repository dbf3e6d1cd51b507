// tr (C_a^1/2 C_b C_a^1/2)^1/2 is the sum of the singular values of L_a^T L_b, with L the Cholesky factors.
#include "nets/colour_metrics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace impasto {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

double linear(double v) { return v > 0.04045 ? std::pow((v + 0.055) / 1.055, 2.4) : v / 12.92; }

double lab_curve(double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; }

Vector lab(double red, double green, double blue) {
  const double r = linear(red), g = linear(green), b = linear(blue);
  const double x = lab_curve((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047);
  const double y = lab_curve(0.212671 * r + 0.715160 * g + 0.072169 * b);
  const double z = lab_curve((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

// Lower triangular L with L L^T = C; a direction without variance stays out.
Matrix cholesky_factor(const Matrix& c) {
  Matrix l{};
  for (std::size_t row = 0; row < 3; row++)
    for (std::size_t column = 0; column <= row; column++) {
      double rest = c[row][column];
      for (std::size_t k = 0; k < column; k++) rest -= l[row][k] * l[column][k];
      if (row == column) l[row][row] = std::sqrt(std::max(rest, 0.0));
      if (row > column && l[column][column] > 0) l[row][column] = rest / l[column][column];
    }
  return l;
}

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// Rows are turned against each other, pair by pair, until they are at right angles: their lengths are the singular values
// (one-sided Jacobi, Hestenes 1958).
double sum_of_singular_values(Matrix m) {
  for (int sweep = 0; sweep < 12; sweep++)
    for (const auto& [p, q] : {std::pair{0u, 1u}, {0u, 2u}, {1u, 2u}}) {
      const double pp = dot(m[p], m[p]), qq = dot(m[q], m[q]), pq = dot(m[p], m[q]);
      const double angle = 0.5 * std::atan2(2 * pq, pp - qq), c = std::cos(angle), s = std::sin(angle);
      for (std::size_t i = 0; i < 3; i++) {
        const double a = m[p][i], b = m[q][i];
        m[p][i] = c * a + s * b;
        m[q][i] = c * b - s * a;
      }
    }
  return std::sqrt(dot(m[0], m[0])) + std::sqrt(dot(m[1], m[1])) + std::sqrt(dot(m[2], m[2]));
}

Matrix transposed_product(const Matrix& a, const Matrix& b) {
  Matrix y{};
  for (std::size_t i = 0; i < 3; i++)
    for (std::size_t j = 0; j < 3; j++)
      for (std::size_t k = 0; k < 3; k++) y[i][j] += a[k][i] * b[k][j];
  return y;
}

}  // namespace

ColourStatistics colour_statistics(const Picture& picture) {
  const std::size_t pixels = picture.pixels();
  ColourStatistics s;
  std::vector<Vector> colours(pixels);
  for (std::size_t i = 0; i < pixels; i++) {
    colours[i] = lab(picture.rgb[i], picture.rgb[pixels + i], picture.rgb[2 * pixels + i]);
    for (std::size_t c = 0; c < 3; c++) s.mean[c] += colours[i][c] / double(pixels);
  }
  for (const Vector& colour : colours)
    for (std::size_t r = 0; r < 3; r++)
      for (std::size_t c = 0; c < 3; c++) s.covariance[r][c] += (colour[r] - s.mean[r]) * (colour[c] - s.mean[c]) / double(pixels);
  return s;
}

double colour_distance(const ColourStatistics& a, const ColourStatistics& b) {
  double squared = -2 * sum_of_singular_values(transposed_product(cholesky_factor(a.covariance), cholesky_factor(b.covariance)));
  for (std::size_t c = 0; c < 3; c++) {
    squared += (a.mean[c] - b.mean[c]) * (a.mean[c] - b.mean[c]) + a.covariance[c][c] + b.covariance[c][c];
  }
  return std::sqrt(std::max(squared, 0.0));
}

}  // namespace impasto
