// The registry of cases: each layer ends with the cases by which it is checked, timed and documented.
// One list, four uses: gradients against central differences (f64, reference backend); every backend against the
// reference; `impasto bench layers`; the tables of docs/gradients.md.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/variable.h"

namespace impasto {

/// How an input of a case is made. Kinks (0 of a ReLU, ties of a maximum) are kept away from by `away_from_zero`.
struct Input {
  enum class Role { activation, parameter };  // activation: in the backend's layout; parameter: planar
  enum class Fill { normal, uniform, away_from_zero, distinct };
  Role role = Role::activation;
  Shape shape;
  Fill fill = Fill::normal;
  double low = -1, high = 1;  // of uniform
  bool differentiable = true;
};

inline Input activation(Shape shape) { return {Input::Role::activation, shape}; }
/// |x| >= 0.1
inline Input away_from_zero(Shape shape) { return {Input::Role::activation, shape, Input::Fill::away_from_zero}; }
/// Values at least 0.01 apart, in random order: no ties for a maximum.
inline Input distinct(Shape shape) { return {Input::Role::activation, shape, Input::Fill::distinct}; }
inline Input uniform(Shape shape, double low, double high) { return {Input::Role::activation, shape, Input::Fill::uniform, low, high}; }
inline Input parameter(Shape shape) { return {Input::Role::parameter, shape}; }
inline Input positive_parameter(Shape shape) { return {Input::Role::parameter, shape, Input::Fill::uniform, 0.5, 1.5}; }
inline Input constant(Input input) {
  input.differentiable = false;
  return input;
}

struct Case {
  std::string name;
  std::vector<Input> inputs;
  std::function<Variable(std::vector<Variable>& x)> run;
  /// Sums of products only: integer inputs must give the same numbers on every backend, bit for bit.
  bool exact_on_integers = false;
  /// For the bench: arithmetic and least memory traffic (bytes in f32) of forward, and of backward. Zero: not a bench case.
  struct Cost {
    double forward_flops = 0, forward_bytes = 0, backward_flops = 0, backward_bytes = 0;
  } cost = {};
  /// Too large for gradient checks: only timed.
  bool bench_only = false;
};

/// One layer's entry: the words of docs/gradients.md, in Markdown with LaTeX between dollars, and its cases.
struct LayerCases {
  std::string layer, header;  // "instance_norm", "layers/instance_norm.h"
  std::string forward = {}, gradient = {}, derivation = {};
  std::vector<Case> cases = {};
};

/// Every layer, in the order of the docs.
const std::vector<LayerCases>& all_layers();

}  // namespace impasto
