#include "loaders/matrix3.h"

#include <cmath>
#include <utility>

namespace impasto {
namespace {

constexpr std::size_t rows = 3;

// Turns the axes p and q so far that s[p][q] becomes 0; v collects the turns.
void rotate(Matrix3& s, Matrix3& v, std::size_t p, std::size_t q) {
  if (s[p][q] == 0) return;
  const double cotangent = (s[q][q] - s[p][p]) / (2 * s[p][q]);  // of twice the angle
  const double t = std::copysign(1.0, cotangent) / (std::abs(cotangent) + std::hypot(1.0, cotangent));
  const double cosine = 1 / std::hypot(1.0, t), sine = t * cosine;
  const auto turn = [&](double& a, double& b) {
    const double before = a;
    a = cosine * a - sine * b;
    b = sine * before + cosine * b;
  };
  for (std::size_t k = 0; k < rows; ++k) turn(s[k][p], s[k][q]);
  for (std::size_t k = 0; k < rows; ++k) turn(s[p][k], s[q][k]);
  for (std::size_t k = 0; k < rows; ++k) turn(v[k][p], v[k][q]);
}

}  // namespace

Vector3 operator*(const Matrix3& a, const Vector3& x) {
  Vector3 y{};
  for (std::size_t r = 0; r < rows; ++r) y[r] = a[r][0] * x[0] + a[r][1] * x[1] + a[r][2] * x[2];
  return y;
}

Matrix3 operator*(const Matrix3& a, const Matrix3& b) {
  Matrix3 y{};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < rows; ++c) y[r][c] = a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c];
  return y;
}

Matrix3 cholesky_factor(const Matrix3& a) {
  Matrix3 factor{};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c <= r; ++c) {
      double rest = a[r][c];
      for (std::size_t k = 0; k < c; ++k) rest -= factor[r][k] * factor[c][k];
      factor[r][c] = r == c ? std::sqrt(rest) : rest / factor[c][c];
    }
  return factor;
}

Matrix3 lower_quotient(const Matrix3& over, const Matrix3& under) {
  Matrix3 a{};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = r + 1; c-- > 0;) {
      double rest = over[r][c];
      for (std::size_t k = c + 1; k <= r; ++k) rest -= a[r][k] * under[k][c];
      a[r][c] = rest / under[c][c];
    }
  return a;
}

Matrix3 symmetric_power(const Matrix3& a, double exponent) {
  Matrix3 s = a, v{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, power{};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < r; ++c) s[c][r] = s[r][c];
  constexpr int sweeps = 12;  // each squares what is left beside the diagonal; five or six do
  for (int sweep = 0; sweep < sweeps; ++sweep)
    for (const auto& [p, q] : {std::pair<std::size_t, std::size_t>{0, 1}, {0, 2}, {1, 2}}) rotate(s, v, p, q);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < rows; ++c)
      for (std::size_t k = 0; k < rows; ++k) power[r][c] += v[r][k] * std::pow(s[k][k], exponent) * v[c][k];
  return power;
}

}  // namespace impasto
