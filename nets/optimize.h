// The optimisation loop: the picture itself is the parameter.
#pragma once
#include <functional>
#include <vector>

#include "engine/optimizer.h"
#include "engine/repeated.h"
#include "nets/objective.h"

namespace impasto {

enum class Method { adam, lbfgs };

struct OptimizeSettings {
  int steps = 150;
  Method method = Method::adam;
  double rate = 3;       // Adam: grey levels a step; L-BFGS: the step length, 1
  double last_rate = 3;  // Adam's rate falls to this along half a cosine
  /// L-BFGS: steps remembered, two pictures each; and whether each step looks for a length that meets the strong Wolfe
  /// conditions, at about 1.2 evaluations a step. Without, a step can raise the loss.
  int history = 20;
  bool strong_wolfe = true;
  /// L-BFGS with a line search: the first change tried, in grey levels on average. PyTorch's is 1 / the picture's numbers, which f32 cannot
  /// measure: the search then finds nothing lower, in some pictures never.
  double first_change = 0.1;
};

/// The losses of a picture, weighted; terms in the order of Objective::terms().
struct OptimizeStep {
  int step = 0;  // steps made so far
  double total = 0;
  std::vector<double> terms = {};
  double seconds = 0;  // that the step from there took
};

/// Sees the picture after each step, and the losses from before it; false ends the loop.
using Watch = std::function<bool(const OptimizeStep& before, const Variable& picture)>;

enum class Ending { finished, stopped, diverged };

struct OptimizeResult {
  Ending ending = Ending::finished;
  OptimizeStep last;  // of the picture as it is left; if diverged, what was seen then
};

/// One step of Adam, repeated (engine/repeated.h): the objective's targets stay those of the first.
class PaintingStep {
 public:
  /// picture: a leaf that takes a gradient. The objective must outlive this.
  PaintingStep(const Objective& objective, const Variable& picture, const AdamOptions& adam);
  PaintingStep(const PaintingStep&) = delete;
  PaintingStep& operator=(const PaintingStep&) = delete;

  /// The losses from before the step, to be read before the next one.
  const Objective::Losses& operator()();
  Adam& adam() { return adam_; }

 private:
  const Objective* objective_;
  Variable picture_;
  Adam adam_;
  Objective::Losses losses_;
  Repeated repeated_;
};

/// Changes `picture`, a leaf that takes a gradient. It has diverged when the loss is no number or a thousand times the largest
/// of the first five: then the picture goes back to one that was good, of every tenth step the last.
OptimizeResult optimize(const Objective& objective, Variable& picture, const OptimizeSettings& settings, const Watch& watch = {});

}  // namespace impasto
