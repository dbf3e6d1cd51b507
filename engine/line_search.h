// A step length along a descent direction: f(t) and its slope f'(t) for t > 0, one number in, two out.
#pragma once
#include <functional>

namespace impasto {

struct LinePoint {
  double t, f, slope;
};

struct WolfeOptions {
  double decrease = 1e-4;  // f(t) <= f(0) + decrease * t * f'(0)
  double curvature = 0.9;  // |f'(t)| <= curvature * |f'(0)|
  double smallest = 1e-9;  // stop when the bracket is shorter
  int evaluations = 25;    // at most
};

/// A point that meets the strong Wolfe conditions, or the lowest one found when evaluations or the bracket run out.
/// First enlarges t until a minimum is bracketed, then narrows the bracket by cubic interpolation.
/// `start` is t = 0 and has a negative slope; `first` is the t to try first.
/// Nocedal, Wright 2006, algorithms 3.5 and 3.6; bounds and safeguards as in torch.optim.LBFGS.
LinePoint strong_wolfe(const std::function<LinePoint(double t)>& evaluate, LinePoint start, double first, const WolfeOptions& options = {});

/// Where the cubic through two points with these slopes is smallest, kept within low .. high; their middle if it has no minimum.
double cubic_minimum(const LinePoint& a, const LinePoint& b, double low, double high);

}  // namespace impasto
