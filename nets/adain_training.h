// A run of training AdaIN's decoder: photographs and paintings go in, pair by pair, and it learns to paint the one like the other.
// Huang and Belongie 2017 (arXiv 1703.06868).
//
// The encoder judges in a form of its own: its filters are scaled so that each channel's root mean square is 1 on the first photographs (the
// published weights of AdaIN: its mean), so that no layer and no channel outweighs the others. What the network computes stays but for the
// scale of channels, and the decoder keeps the one of relu4_1 (features/scale), so that it is used with the encoder as it was.
//
// The first identity_steps teach the decoder to give a photograph back from its own features: each of its convolutions learns, from what the
// ones before it make, to give what the encoder's convolution of its name was given. Taught by the styles alone (1250 steps of
// two pictures) or by the picture alone (400) it had learnt one colour for everything; so taught it shows the shapes of a photograph after 500.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "engine/optimizer.h"
#include "engine/repeated.h"
#include "nets/adain.h"
#include "nets/optimizer_state.h"
#include "nets/rate_schedule.h"

namespace impasto {

struct AdainTrainingSettings {
  /// The distance between two pictures' means, and between their deviations.
  enum class Loss {
    means,  // the mean of its square over channels and images (naoto0804/pytorch-AdaIN)
    sums    // the sum over channels, the mean over images (xunhuang1995/AdaIN-style)
  };
  Loss loss = Loss::means;
  double content_weight = 1, style_weight = 10, tv_weight = 0;
  int identity_steps = 0;  // of the steps
  RateSchedule rate;
  int steps = 10000;
};

/// One over the root mean square of each channel of relu1_1 .. relu4_1, [C] each, on pictures [N, 3, side, side] of 0..1; it counts as no less
/// than a tenth of its layer's.
std::vector<std::vector<float>> activation_scales(Backend& backend, const VggWeights& encoder, const std::vector<float>& pictures, int side);
/// Multiplies the channels of relu1_1 .. relu4_1 by them, and undoes that in the convolutions behind.
VggWeights scaled_encoder(VggWeights encoder, const std::vector<std::vector<float>>& scales);

class AdainTraining {
 public:
  /// plain: pictures [N, 3, side, side] of 0..1 to scale the encoder by; a features/scale of `start` counts more. Throws what Adain throws.
  AdainTraining(Backend& backend, const VggWeights& encoder, const AdainWeights& start, const std::vector<float>& plain, int side,
                const AdainTrainingSettings& settings);
  AdainTraining(const AdainTraining&) = delete;
  AdainTraining& operator=(const AdainTraining&) = delete;

  /// samples: [batch, 6, side, side], 0..1: a photograph and a painting (loaders/style_pairs.h). Returns the losses from before the step,
  /// weighted: total, then terms in the order of term_names(); what was not judged in this phase is 0.
  std::vector<double> step(const std::vector<float>& samples);
  /// The losses of other pairs, one at a time.
  std::vector<double> judge(const std::vector<float>& samples) const;

  /// "total", "content relu4_1", "style relu1_1" .. "style relu4_1", "tv", "copy": of each convolution the mean squared
  /// error in numbers of size 1.
  std::vector<std::string> term_names() const;
  int steps_done() const { return int(adam_.steps()); }
  bool in_identity() const { return steps_done() < settings_.identity_steps; }
  void set_steps(int steps) { settings_.steps = steps; }

  AdainWeights weights() const;
  NamedArrays slots() const { return slots_of(adam_, trained_.names); }
  void restore_slots(const NamedArrays& slots, int steps_done) { impasto::restore_slots(adam_, trained_.names, slots, steps_done); }

 private:
  /// Pictures that are worked off together, so that few are alive at a time.
  struct Part {
    Tensor content, style;
    std::vector<Variable> losses;  // in the order of term_names(), as far as they are judged
  };
  /// What they are painted towards.
  struct Targets {
    std::vector<ChannelStatistics> styles;  // of Adain::layers()
    Tensor features;
  };
  Targets targets(const Part& part) const;
  std::vector<Variable> judged(const Variable& painted, const Targets& targets, double share) const;
  void take(const std::vector<float>& samples);
  void measure(const std::vector<float>& plain);
  void copy(Part& part);
  void descend(Part& part);

  Backend* backend_;
  int side_;
  AdainTrainingSettings settings_;
  std::vector<std::vector<float>> scales_;
  AdainWeights start_;
  Adain net_;
  TrainedParameters trained_;
  Adam adam_;
  std::vector<Part> parts_;  // of the step at hand
  bool copies_ = false;      // the step at hand is one of the first
  std::map<std::string, double> sizes_;  // of what the decoder's convolutions undo: root mean squares
  Repeated repeated_;
};

}  // namespace impasto
