// The one table of tolerances. Errors are largest differences relative to the largest reference value (relative_error).
#pragma once

namespace impasto::tolerance {

constexpr double gradient_f64 = 1e-7;  // analytic against central differences of step 1e-5: rounding 1e-16 / 1e-5, curvature 1e-10
constexpr double f32 = 2e-5;           // sums of up to some thousand products of numbers of size 1, eps 6e-8
constexpr double winograd_f32 = 4e-5;  // F(4x4, 3x3) loses a digit to its transforms
constexpr double pairs = 3e-4;         // 16-bit fixed point: 14 bits for activations, about 10 for weights
constexpr double bf16 = 3e-2;          // eps 4e-3, rounded at input, output and gradient

}  // namespace impasto::tolerance
