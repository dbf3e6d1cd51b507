#include "nets/training_step.h"

#include "nets/activations.h"

namespace impasto {
TrainingStep::TrainingStep(TransformNet& net, Objective& objective, const AdamOptions& adam)
    : net_(&net), objective_(&objective), trained_(trained_parameters(net.parameters(), net.source())), adam_(trained_.variables, adam), repeated_(net.backend(), [this] {
        descend();
        adam_.apply();
      }) {}

void TrainingStep::judge_by(Objective& objective) {
  if (objective_ != &objective) repeated_.forget();
  objective_ = &objective;
}

Objective::Losses TrainingStep::operator()(const Tensor& batch, const Variable& blend) {
  take(batch, blend);
  adam_.advance();
  try {
    repeated_.run();
  } catch (...) {
    adam_.set_steps(adam_.steps() - 1);  // it was none
    throw;
  }
  return losses_;
}

// Where every step finds them.
void TrainingStep::take(const Tensor& batch, const Variable& blend) {
  const auto put = [&](const Tensor& from, Tensor& to) {
    const bool fits = from.defined() == to.defined() && (!from.defined() || from.same_layout(to));
    if (!fits) {
      repeated_.forget();
      to = from.defined() ? from.like() : Tensor{};
    }
    if (from.defined()) from.backend().convert(from, {to});
  };
  put(batch, batch_);
  put(blend.value(), blend_);
}

void TrainingStep::descend() {
  const auto judged = [&](const Variable& pictures) {
    return between_spaces(pictures, net_->preprocessing(), objective_->network().preprocessing());
  };
  adam_.clear_grads();
  {
    const NoGrad no_grad;
    objective_->set_content(judged(Variable(batch_)).value());
  }
  const Variable blend = blend_.defined() ? Variable(blend_) : Variable();
  const Variable y = judged(from_activations((*net_)(to_activations(Variable(batch_)), blend)));
  if (const Shape &in = batch_.shape(), &out = y.shape(); in != out) {
    throw ShapeError(net_->source() + " makes pictures of " + std::to_string(out.w) + "x" + std::to_string(out.h) + " pixels from " +
                     std::to_string(in.w) + "x" + std::to_string(in.h) +
                     "; to train it, give sides that are multiples of " + std::to_string(net_->architecture().multiple()) +
                     " and a padding that keeps the size");
  }
  // A leaf of the same numbers: the objective's tape ends there, and the net's begins.
  const Variable picture(y.value(), true);
  losses_ = objective_->descend(picture);
  backward_from(y, picture.grad());
}

}  // namespace impasto
