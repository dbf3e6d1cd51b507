// A run of training a feed-forward style network: batches of photographs go in, and the network learns to paint them like its paintings.
// Johnson, Alahi, Fei-Fei 2016 (arXiv 1603.08155); several paintings in one network: Dumoulin, Shlens, Kudlur 2017 (arXiv 1610.07629).
//
// The first identity_steps only teach the network to give its input back, which costs no VGG and a tenth of the time: what comes after
// begins with a picture instead of noise. Then style comes in by and by, from a hundredth of its weight: at its whole weight from the first
// step on it outweighs content so far that the network forgets the picture and learns the painting's mean colours, from which it finds back
// slowly or never.
#pragma once
#include <optional>
#include <vector>

#include "loaders/checkpoint.h"
#include "nets/gradient_norms.h"
#include "nets/rate_schedule.h"
#include "nets/training_step.h"

namespace impasto {

struct TransformTrainingSettings {
  ObjectiveSettings objective;
  RateSchedule rate;
  int steps = 10000;       // in all; the first identity_steps of them by pixels alone, at rate.rate
  int identity_steps = 0;
  double style_warmup = 0; // of the other steps, the part in which style comes in
  int first_style = 0;     // paintings are the styles from here on of a network of several
  bool norms_only = false; // only gamma and beta learn
};

inline constexpr double first_style_scale = 0.01;
inline constexpr int warmup_stairs = 64;  // few enough that recording a step anew at each costs nothing

class TransformTraining {
 public:
  /// judge: for its layers and space; paintings at the size to take them at: for a network of one style one, for a network of several one for
  /// each style from first_style on; depth: for an objective with a depth weight. Throws UsageError if they do not fit, and what the network and the objective throw.
  TransformTraining(Backend& backend, const TransformWeights& start, const VggWeights& judge, const std::vector<Picture>& paintings,
                    const TransformTrainingSettings& settings, const std::optional<DepthWeights>& depth = {});

  /// rgb: [batch, 3, side, side], 0..1. Returns the losses from before the step: total, then terms in the order of term_names(), style at its
  /// whole weight always; what was not judged in this phase is 0.
  std::vector<double> step(const std::vector<float>& rgb, int batch, int side);
  /// The losses of other photographs, by the network as it paints (its running statistics, where it has such).
  std::vector<double> judge(const std::vector<float>& rgb, int batch, int side) const;

  /// Where the gradient of a painted photograph comes from, the first of `rgb`, as the network paints it now (nets/gradient_norms.h).
  std::vector<GradientNorm> gradient_norms(const std::vector<float>& rgb, int side) const;

  /// "total", "content relu2_2", ...
  std::vector<std::string> term_names() const;
  int steps_done() const { return int(step_.adam().steps()); }
  bool in_identity() const { return steps_done() < settings_.identity_steps; }
  double rate() const;
  /// What style counts in the next step, of its weight: first_style_scale^(1 - t), t in 0..1 through the warm-up in warmup_stairs stairs.
  double style_scale() const;
  void set_steps(int steps) { settings_.steps = steps; }

  TransformWeights weights() const;
  /// What Adam remembers, by "<parameter>/<slot>"; and back with the count of steps. Throws ShapeError if they are another network's.
  NamedArrays slots() const;
  void restore_slots(const NamedArrays& slots, int steps_done);

 private:
  Tensor in_space(const std::vector<float>& rgb, int batch, int side, const Preprocessing& space) const;
  /// By the network as it paints, in the judge's space; the other objective is set for it. photo: the only one of its kind, whose number chooses
  /// the painting.
  Tensor painted_for_judging(const TransformNet& painter, const std::vector<float>& photo, int side, int number) const;
  Variable blend_of(int64_t first_picture, int batch) const;
  std::vector<int> paintings_of(int64_t first_picture, int batch) const;
  void scale_style();
  std::vector<double> numbers(const Objective& objective, const Objective::Losses& losses, double style_scale = 1) const;

  Backend* backend_;
  TransformWeights start_;  // without parameters
  TransformTrainingSettings settings_;
  int paintings_;
  Vgg judge_;
  std::optional<DepthNetwork> depth_;
  Objective objective_, pixels_;
  mutable Objective other_;  // of photographs that nothing is learnt from: a recorded step keeps the targets of its own
  TransformNet net_;
  TrainingStep step_;
  double style_scale_ = 1;  // of the step that is recorded
};

}  // namespace impasto
