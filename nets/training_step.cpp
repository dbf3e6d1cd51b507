#include "nets/training_step.h"

namespace impasto {
namespace {

std::vector<Variable> trained(const TransformNet& net) {
  std::vector<Variable> list;
  for (const auto& [name, parameter] : net.parameters().all())
    if (parameter.requires_grad()) list.push_back(parameter);
  if (list.empty()) throw Error(net.source() + " was loaded for painting: none of its parameters takes a gradient");
  return list;
}

}  // namespace

std::vector<std::string> TrainingStep::parameter_names() const {
  std::vector<std::string> names;
  for (const auto& [name, parameter] : net_->parameters().all())
    if (parameter.requires_grad()) names.push_back(name);
  return names;
}

TrainingStep::TrainingStep(TransformNet& net, Objective& objective, const AdamOptions& adam)
    : net_(&net), objective_(&objective), adam_(trained(net), adam) {}

Objective::Losses TrainingStep::operator()(const Tensor& batch, const Variable& blend) {
  const auto judged = [&](const Variable& pictures) {
    return between_spaces(pictures, net_->preprocessing(), objective_->network().preprocessing());
  };
  adam_.clear_grads();
  {
    const NoGrad no_grad;
    objective_->set_content(judged(Variable(batch)).value());
  }
  const Variable y = judged((*net_)(Variable(batch), blend));
  if (const Shape &in = batch.shape(), &out = y.shape(); in != out) {
    throw ShapeError(net_->source() + " makes pictures of " + std::to_string(out.w) + "x" + std::to_string(out.h) + " pixels from " +
                     std::to_string(in.w) + "x" + std::to_string(in.h) +
                     "; to train it, give sides that are multiples of " + std::to_string(net_->architecture().multiple()) +
                     " and a padding that keeps the size");
  }
  // A leaf of the same numbers: the objective's tape ends there, and the net's begins.
  const Variable picture(y.value(), true);
  Objective::Losses losses = objective_->descend(picture);
  backward_from(y, picture.grad());
  adam_.step();
  return losses;
}

}  // namespace impasto
