// One step of training a feed-forward network: y = net(x) is judged by the objective, whose content and depth are those of x, and
// Adam moves the net's parameters. Johnson, Alahi, Fei-Fei 2016 (arXiv 1603.08155).
#pragma once
#include "engine/optimizer.h"
#include "nets/objective.h"
#include "nets/transform.h"

namespace impasto {

class TrainingStep {
 public:
  /// `net` is one that trains (Parameters::Use::trained); `objective` has its style set, and its content is set here, batch by batch.
  /// Both must outlive this. Throws Error if the net takes no gradients.
  TrainingStep(TransformNet& net, Objective& objective, const AdamOptions& adam = {});

  /// batch: [N, 3, H, W] in the net's space; blend as TransformNet takes it. Returns the losses from before the step, on the device and
  /// without a tape. What the judging networks hold is gone before the net's own backward pass begins.
  /// Throws ShapeError if the net does not give back the batch's size.
  Objective::Losses operator()(const Tensor& batch, const Variable& blend = {});

  Adam& adam() { return adam_; }
  const Adam& adam() const { return adam_; }
  const Objective& objective() const { return *objective_; }
  /// From the next step on.
  void judge_by(Objective& objective) { objective_ = &objective; }
  /// Of what Adam moves, in its order.
  std::vector<std::string> parameter_names() const;

 private:
  TransformNet* net_;
  Objective* objective_;
  Adam adam_;
};

}  // namespace impasto
