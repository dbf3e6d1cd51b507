// One step of training a feed-forward network: y = net(x) is judged by the objective, whose content and depth are those of x, and
// Adam moves the net's parameters. Johnson, Alahi, Fei-Fei 2016 (arXiv 1603.08155).
#pragma once
#include "engine/optimizer.h"
#include "engine/repeated.h"
#include "nets/objective.h"
#include "nets/optimizer_state.h"
#include "nets/transform.h"

namespace impasto {

class TrainingStep {
 public:
  /// `net` is one that trains (Parameters::Use::trained); `objective` has its style set, and its content is set here, batch by batch.
  /// Both must outlive this. Throws Error if the net takes no gradients.
  TrainingStep(TransformNet& net, Objective& objective, const AdamOptions& adam = {});
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  /// batch: [N, 3, H, W] in the net's space; blend as TransformNet takes it, which takes no gradient. Returns the losses from before the
  /// step, on the device and without a tape, to be read before the next step: that may write its own into the same tensors. What the
  /// judging networks hold is gone before the net's own backward pass begins.
  /// Steps on batches of the same layout are one that is repeated (engine/repeated.h): a style that is set later is not seen,
  /// one that is chosen (Objective::choose_styles) is.
  /// Throws ShapeError if the net does not give back the batch's size.
  Objective::Losses operator()(const Tensor& batch, const Variable& blend = {});

  Adam& adam() { return adam_; }
  const Adam& adam() const { return adam_; }
  const Objective& objective() const { return *objective_; }
  /// From the next step on.
  void judge_by(Objective& objective);
  /// To be called when a weight of the objective has changed.
  void forget() { repeated_.forget(); }
  /// Of what Adam moves, in its order.
  const std::vector<std::string>& parameter_names() const { return trained_.names; }

 private:
  void take(const Tensor& batch, const Variable& blend);
  void descend();

  TransformNet* net_;
  Objective* objective_;
  TrainedParameters trained_;
  Adam adam_;
  Tensor batch_, blend_;  // of the step at hand
  Objective::Losses losses_;
  Repeated repeated_;
};

}  // namespace impasto
