// Runs a case of the registry on a backend: its inputs from numbers that every backend shares, its output, and the
// gradient of sum(y * r), r fixed random numbers, by each differentiable input.
#pragma once
#include <vector>

#include "layers/case.h"

namespace impasto {

struct CaseNumbers {
  bool integers = false;  // small whole numbers, so that sums of products are exact
  uint64_t seed = 1;
  Dtype activations = Dtype::f32;  // f64 on a reference backend made so
};

struct CaseResult {
  std::vector<double> y;
  std::vector<std::vector<double>> gradients;  // one an input; empty where the input is constant
  bool padding_clean = true;                   // padding lanes of y and of every gradient are zero
};

/// The inputs of a case as host numbers, in N, C, H, W order.
std::vector<float> case_input(const Input& input, size_t index, const CaseNumbers& numbers);
/// The same as variables on a backend.
std::vector<Variable> case_variables(const Case& c, Backend& backend, const CaseNumbers& numbers);
CaseResult run_case(const Case& c, Backend& backend, const CaseNumbers& numbers = {});

/// Largest difference between the gradient and central differences in f64 on the reference backend, relative to the
/// largest gradient of that input; over all inputs. Bench-only cases give 0.
double gradient_error(const Case& c, Backend& reference_f64, uint64_t seed = 1);

/// max |a - b| / max |b|; infinite where either is not finite or lengths differ.
double relative_error(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace impasto
