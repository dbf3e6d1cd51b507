// Symmetric and triangular matrices of three rows, as covariances of colours are taken apart. In f64.
#pragma once
#include <array>

namespace impasto {

using Vector3 = std::array<double, 3>;
using Matrix3 = std::array<Vector3, 3>;

Vector3 operator*(const Matrix3& a, const Vector3& x);
Matrix3 operator*(const Matrix3& a, const Matrix3& b);

/// Lower triangular L with L L^T = a. Only a's lower triangle is read; a must be positive definite.
Matrix3 cholesky_factor(const Matrix3& a);

/// A with A under = over, both lower triangular.
Matrix3 lower_quotient(const Matrix3& over, const Matrix3& under);

/// a to the power of `exponent` (1/2, -1/2), by its eigenvectors, which Jacobi's rotations find. Only a's lower triangle is read; a must
/// be positive definite.
Matrix3 symmetric_power(const Matrix3& a, double exponent);

}  // namespace impasto
