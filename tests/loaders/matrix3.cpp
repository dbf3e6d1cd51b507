// Matrices of three rows by what they are defined to be.
#include "loaders/matrix3.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/tolerance.h"

using namespace impasto;

namespace {

// Positive definite, with eigenvalues far apart in one of them and two alike in another.
const Matrix3 some[] = {{{{4, 1, -0.5}, {1, 3, 0.25}, {-0.5, 0.25, 2}}},
                        {{{1, 0.999, 0.998}, {0.999, 1, 0.999}, {0.998, 0.999, 1.001}}},
                        {{{2, 0, 0}, {0, 2, 0}, {0, 0, 5}}}};

void check_near(const Matrix3& found, const Matrix3& wanted) {
  for (size_t r = 0; r < 3; r++)
    for (size_t c = 0; c < 3; c++) CHECK(std::abs(found[r][c] - wanted[r][c]) < 10 * tolerance::f64);
}

Matrix3 lower(Matrix3 a) {
  a[0][1] = a[0][2] = a[1][2] = 1e9;  // must not be read
  return a;
}

}  // namespace

TEST_CASE("a symmetric root squared is the matrix, and the inverse root undoes it") {
  const Matrix3 unit{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  for (const Matrix3& a : some) {
    const Matrix3 root = symmetric_power(lower(a), 0.5);
    check_near(root * root, a);
    for (size_t r = 0; r < 3; r++)
      for (size_t c = 0; c < r; c++) CHECK(std::abs(root[r][c] - root[c][r]) < 10 * tolerance::f64);
    check_near(root * symmetric_power(a, -0.5), unit);
  }
}

TEST_CASE("a triangular factor times its transpose is the matrix, and quotients undo products") {
  for (const Matrix3& a : some) {
    const Matrix3 l = cholesky_factor(lower(a));
    Matrix3 transposed{};
    for (size_t r = 0; r < 3; r++)
      for (size_t c = 0; c < 3; c++) transposed[r][c] = l[c][r];
    check_near(l * transposed, a);
    const Matrix3 other = cholesky_factor(some[0]);
    check_near(lower_quotient(l, other) * other, l);
  }
}
