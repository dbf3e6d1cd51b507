// Optimisers: Adam in its two classic forms, and SGD with momentum. They change parameters in place by their gradients.
// Parameters are variables: copies share the numbers and the gradient, so a list of copies is a list of the parameters.
#pragma once
#include <cstdint>
#include <vector>

#include "engine/variable.h"

namespace impasto {

/// What all have in common: the list, the count of steps, and the state kept for each parameter.
class Optimizer {
 public:
  /// One tensor of state, in the parameter's layout. A handle: what is uploaded into it is the optimiser's new state.
  struct Slot {
    const char* name;  // "m", "v", "velocity": a checkpoint writes it under that name and the parameter's
    Tensor tensor;
  };

  virtual ~Optimizer() = default;
  /// Moves every parameter that has a gradient; the others and their state stay as they are.
  virtual void step() = 0;
  virtual std::vector<Slot> slots(size_t parameter) const = 0;

  /// To be called before each backward pass.
  void clear_grads();
  const std::vector<Variable>& parameters() const { return parameters_; }
  /// Steps taken; set when a checkpoint is read.
  int64_t steps() const { return steps_; }
  void set_steps(int64_t steps) { steps_ = steps; }
  double rate() const { return rate_; }
  void set_rate(double rate) { rate_ = rate; }

 protected:
  /// All on one backend. Throws Error if there are none, one takes no gradient or its numbers are frozen.
  Optimizer(std::vector<Variable> parameters, double rate);
  std::vector<Variable> parameters_;
  double rate_;
  int64_t steps_ = 0;
};

enum class AdamForm { pytorch, torch7 };

struct AdamOptions {
  double rate = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  AdamForm form = AdamForm::pytorch;
  double decay = 0;  // the rate of step t (from 0) is rate / (1 + t * decay), Torch7's learningRateDecay
};

/// Kingma, Ba 2015 (arXiv 1412.6980).   With t from 1:
///   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
///   pytorch: p -= rate / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + eps)
///   torch7:  p -= rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps)
class Adam : public Optimizer {
 public:
  explicit Adam(std::vector<Variable> parameters, const AdamOptions& options = {});
  void step() override;
  std::vector<Slot> slots(size_t parameter) const override;

  /// The halves of a step, for work that is recorded (Backend::record): advance() before each replay, apply() within. The first counts the
  /// step and puts what is new in it on the device, the second moves the parameters by that.
  void advance();
  void apply();

 private:
  AdamOptions options_;
  std::vector<Tensor> m_, v_;
  Tensor step_size_, root_scale_;  // as Backend::adam_step takes them
};

/// velocity = momentum * velocity + g,   p -= rate * velocity
class Sgd : public Optimizer {
 public:
  Sgd(std::vector<Variable> parameters, double rate, double momentum = 0);
  void step() override;
  std::vector<Slot> slots(size_t parameter) const override;

 private:
  double momentum_;
  std::vector<Tensor> velocity_;
};

}  // namespace impasto
