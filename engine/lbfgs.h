// L-BFGS: a quasi-Newton direction from the last steps and the changes of the gradient along them. For optimising a
// picture it reaches in hundreds of evaluations what Adam reaches in thousands.
#pragma once
#include <functional>
#include <vector>

#include "engine/variable.h"

namespace impasto {

struct LbfgsOptions {
  double rate = 1;  // the step length; with a line search, the first one tried
  int history = 100;
  /// false: one evaluation a step and no look at the loss, as torch/optim without lineSearch (Gatys' setting);
  /// true: the strong Wolfe conditions (engine/line_search.h), as torch.optim.LBFGS(line_search_fn='strong_wolfe').
  bool strong_wolfe = false;
  /// The sizes of the numbers of the first change sum to this at most, times rate. Torch's is 1, which is too little where the numbers are
  /// many and of f32: the loss then does not change measurably, and no line search can tell what is lower.
  double first_length = 1;
};

/// Parameters are one long vector x. With g = gradient, s = x - x_old, y = g - g_old of the last `history` steps:
///   d = -H g by the two-loop recursion from H0 = y^T s / y^T y;   x += rate * d
///   The first direction is -g, its length rate * min(1, first_length / sum|g|). A pair with y^T s <= 1e-10 is not remembered.
/// Nocedal 1980; Nocedal, Wright 2006, algorithm 7.4. All vector algebra is done by the backend's primitives, in master dtype.
class Lbfgs {
 public:
  /// Evaluates the loss at the parameters as they are and runs backward; the optimiser has cleared the gradients.
  using Closure = std::function<double()>;

  /// Throws Error if a parameter takes no gradient or its numbers are frozen.
  explicit Lbfgs(std::vector<Variable> parameters, const LbfgsOptions& options = {});
  /// One step. Returns the loss before it; with a line search that is known from the step before, without an evaluation.
  double step(const Closure& closure);
  /// Forgets the history: to be called when the objective or the parameters have been changed from outside.
  void reset();
  int64_t evaluations() const { return evaluations_; }
  int remembered() const { return int(pairs_.size()); }

 private:
  using Vector = std::vector<Tensor>;  // one tensor for each parameter
  struct Pair {
    Vector s, y;
    double rho;  // 1 / y^T s
  };
  double evaluate(const Closure& closure, Vector& gradient);
  void remember();
  void find_direction();
  void move(const Closure& closure);

  std::vector<Variable> parameters_;
  LbfgsOptions options_;
  std::vector<Pair> pairs_;   // oldest first
  double h0_ = 1, step_ = 0;  // step_: the last length, 0 before the first
  double loss_ = 0;
  bool known_ = false;  // loss_ and gradient_ belong to the parameters as they stand
  Vector gradient_, previous_, direction_;
  int64_t evaluations_ = 0;
};

}  // namespace impasto
