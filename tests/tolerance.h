// The one table of tolerances. Errors are largest differences relative to the largest reference value (relative_error).
#pragma once

namespace impasto::tolerance {

constexpr double f64 = 1e-12;            // sums of a few products of numbers of size 1, eps 1e-16
constexpr double gradient_f64 = 1e-7;    // analytic against central differences of step 1e-5: rounding 1e-16 / 1e-5, curvature 1e-10
constexpr double f32 = 2e-5;             // sums of up to some thousand products of numbers of size 1, eps 6e-8
constexpr double winograd_f32 = 4e-5;    // loses a digit to its transforms
constexpr double winograd_l2 = 2e-5;     // one convolution, the relative L2 error
constexpr double pairs = 3e-4;           // 16-bit fixed point: 14 bits for activations, about 10 for weights
constexpr double winograd_pairs = 1e-3;  // of 64 channels and more, through the transforms of F(4x4, 3x3)
constexpr double winograd_pairs_of_eight_points = 5e-3;  // through the larger ones of F(6x6, 3x3) and of wide kernels
constexpr double moments_f32 = 1e-4;  // sums of a thousand squares in a row, about a number that may be far from the mean
constexpr double bf16 = 3e-2;         // eps 4e-3, rounded at input, output and gradient

}  // namespace impasto::tolerance
