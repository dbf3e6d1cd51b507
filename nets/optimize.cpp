#include "nets/optimize.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include "engine/lbfgs.h"

namespace impasto {

PaintingStep::PaintingStep(const Objective& objective, const Variable& picture, const AdamOptions& adam)
    : objective_(&objective), picture_(picture), adam_({picture}, adam), repeated_(picture.backend(), [this] {
        adam_.clear_grads();
        losses_ = objective_->descend(picture_);
        adam_.apply();
      }) {}

const Objective::Losses& PaintingStep::operator()() {
  adam_.advance();
  repeated_.run();
  return losses_;
}

namespace {

OptimizeStep read(const Objective::Losses& losses, int step) {
  OptimizeStep values{.step = step, .total = scalar(losses.total.value())};
  for (const Variable& term : losses.terms) values.terms.push_back(scalar(term.value()));
  return values;
}

// One step of either method: returns the losses of the picture before it.
using Step = std::function<OptimizeStep(int step)>;

Step adam_steps(const Objective& objective, Variable& picture, const OptimizeSettings& settings) {
  auto painting = std::make_shared<PaintingStep>(objective, picture, AdamOptions{.rate = settings.rate});
  return [settings, painting](int step) {
    const double turn = std::numbers::pi * step / settings.steps;
    painting->adam().set_rate(settings.last_rate + (settings.rate - settings.last_rate) * (1 + std::cos(turn)) / 2);
    return read((*painting)(), step);
  };
}

Step lbfgs_steps(const Objective& objective, Variable& picture, const OptimizeSettings& settings) {
  LbfgsOptions options{.rate = settings.rate, .history = settings.history, .strong_wolfe = settings.strong_wolfe};
  if (settings.strong_wolfe) options.first_length = settings.first_change * double(picture.shape().elements());
  auto lbfgs = std::make_shared<Lbfgs>(std::vector<Variable>{picture}, options);
  // A line search begins where the last one ended: what was evaluated there is what this step starts from.
  auto evaluated = std::make_shared<std::vector<OptimizeStep>>();
  return [&objective, &picture, lbfgs, evaluated](int step) {
    const double before = lbfgs->step([&] {
      const Objective::Losses losses = objective.descend(picture);
      evaluated->push_back(read(losses, step));
      return evaluated->back().total;
    });
    const auto same = std::find_if(evaluated->begin(), evaluated->end(), [&](const OptimizeStep& e) { return e.total == before; });
    OptimizeStep start = same == evaluated->end() ? evaluated->front() : *same;
    start.step = step;
    const auto last = std::max_element(evaluated->begin(), evaluated->end(), [](const auto& a, const auto& b) { return a.step < b.step; });
    evaluated->erase(evaluated->begin(), last);
    return start;
  };
}

// A picture to go back to, and the measure of what is far too much.
class Guard {
 public:
  /// Before a step: the picture's loss is known only after it.
  void look(int step, const Tensor& picture) {
    if (step % 10 != 0) return;
    Tensor planar(picture.backend(), picture.shape(), 1, picture.dtype());  // a picture in lanes is mostly padding
    picture.backend().convert(picture, {planar});
    looked_at_ = planar;
  }
  bool diverged(const OptimizeStep& now) {
    if (now.step < 5) largest_ = std::max(largest_, now.total);
    if (!std::isfinite(now.total) || now.total > 1000 * largest_) return true;
    if (looked_at_.defined()) good_ = std::exchange(looked_at_, {});
    return false;
  }
  void restore(Tensor& picture) const {
    if (good_.defined()) picture.backend().convert(good_, {picture});
  }

 private:
  Tensor looked_at_, good_;
  double largest_ = 0;
};

}  // namespace

OptimizeResult optimize(const Objective& objective, Variable& picture, const OptimizeSettings& settings, const Watch& watch) {
  const Step step = (settings.method == Method::adam ? adam_steps : lbfgs_steps)(objective, picture, settings);
  Guard guard;
  OptimizeResult result;
  int done = 0;
  while (done < settings.steps && result.ending == Ending::finished) {
    guard.look(done, picture.value());
    const auto begin = std::chrono::steady_clock::now();
    OptimizeStep before = step(done++);
    before.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (guard.diverged(before)) {
      guard.restore(picture.mutable_value());
      return {Ending::diverged, before};
    }
    if (watch && !watch(before, picture)) result.ending = Ending::stopped;
  }
  const NoGrad no_grad;
  result.last = read(objective.evaluate(picture), done);
  return result;
}

}  // namespace impasto
