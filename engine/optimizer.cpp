#include "engine/optimizer.h"

#include <cmath>
#include <string>

namespace impasto {
namespace {

std::vector<Tensor> zeros_like(const std::vector<Variable>& parameters) {
  std::vector<Tensor> state;
  for (const Variable& p : parameters) {
    state.push_back(p.value().like());
    p.backend().fill(state.back(), 0);
  }
  return state;
}

Tensor number_for(const std::vector<Variable>& parameters) {
  Backend& backend = parameters.front().backend();
  return Tensor(backend, {}, 1, backend.master_dtype());
}

}  // namespace

Optimizer::Optimizer(std::vector<Variable> parameters, double rate) : parameters_(std::move(parameters)), rate_(rate) {
  if (parameters_.empty()) throw Error("an optimiser was given no parameters");
  for (const Variable& p : parameters_) {
    if (!p.defined() || !p.requires_grad()) throw Error("an optimiser was given a parameter that takes no gradient");
    // What a backend derived from frozen weights would no longer be true.
    if (p.value().frozen()) throw Error("an optimiser was given frozen numbers of shape " + p.shape().text());
  }
}

void Optimizer::clear_grads() {
  for (Variable& p : parameters_) p.clear_grad();
}

Adam::Adam(std::vector<Variable> parameters, const AdamOptions& options)
    : Optimizer(std::move(parameters), options.rate),
      options_(options),
      m_(zeros_like(parameters_)),
      v_(zeros_like(parameters_)),
      step_size_(number_for(parameters_)),
      root_scale_(number_for(parameters_)) {}

void Adam::step() {
  advance();
  apply();
}

void Adam::advance() {
  const double t = double(steps_ + 1);
  const double correction1 = 1 - std::pow(options_.beta1, t), correction2 = 1 - std::pow(options_.beta2, t);
  const double rate = rate_ / (1 + double(steps_) * options_.decay);
  const bool torch7 = options_.form == AdamForm::torch7;
  step_size_.backend().fill(step_size_, torch7 ? rate * std::sqrt(correction2) / correction1 : rate / correction1);
  root_scale_.backend().fill(root_scale_, torch7 ? 1 : 1 / std::sqrt(correction2));
  steps_++;
}

void Adam::apply() {
  std::vector<AdamParameter> moved;
  for (size_t i = 0; i < parameters_.size(); i++) {
    Variable& p = parameters_[i];
    if (p.has_grad()) moved.push_back({&p.grad(), &p.mutable_value(), &m_[i], &v_[i]});
  }
  step_size_.backend().adam_step({options_.beta1, options_.beta2, options_.eps}, step_size_, root_scale_, moved);
}

std::vector<Optimizer::Slot> Adam::slots(size_t parameter) const { return {{"m", m_.at(parameter)}, {"v", v_.at(parameter)}}; }

Sgd::Sgd(std::vector<Variable> parameters, double rate, double momentum)
    : Optimizer(std::move(parameters), rate), momentum_(momentum), velocity_(zeros_like(parameters_)) {}

void Sgd::step() {
  for (size_t i = 0; i < parameters_.size(); i++) {
    Variable& p = parameters_[i];
    if (p.has_grad()) p.backend().sgd_step(rate_, momentum_, p.grad(), p.mutable_value(), velocity_[i]);
  }
  steps_++;
}

std::vector<Optimizer::Slot> Sgd::slots(size_t parameter) const { return {{"velocity", velocity_.at(parameter)}}; }

}  // namespace impasto
