// A run of teaching a network to see depth: pictures with depth go in, batch by batch.
// Chen, Fu, Yang, Deng 2016 (arXiv 1604.03901) with the losses of nets/depth_loss.h.
#pragma once
#include <string>
#include <vector>

#include "engine/optimizer.h"
#include "engine/repeated.h"
#include "nets/depth_loss.h"
#include "nets/depth_map.h"
#include "nets/optimizer_state.h"
#include "nets/rate_schedule.h"

namespace impasto {

struct DepthTrainingSettings {
  DepthLossSettings loss;
  RateSchedule rate;
  int steps = 10000;
  uint64_t seed = 0;
};

class DepthTraining {
 public:
  /// An hourglass, or what stands on VGG-16; width, height: multiples of 16 or 32, as these say. Throws UsageError for monodepth2.
  DepthTraining(Backend& backend, const DepthWeights& start, int width, int height, const DepthTrainingSettings& settings);

  /// samples: [batch, 4, height, width] (loaders/depth_samples.h). Returns from before the step: the losses in the order of term_names(),
  /// weighted, and last the share of wrongly ordered pairs.
  std::vector<double> step(const std::vector<float>& samples);
  /// The same of other pictures, by the network as it is used, with its running statistics; one picture at a time.
  std::vector<double> judge(const std::vector<float>& samples) const;

  /// "total", "rank", "log", "gradient", "wrong".
  static std::vector<std::string> term_names() { return {"total", "rank", "log", "gradient", "wrong"}; }
  int steps_done() const { return int(adam_.steps()); }
  void set_steps(int steps) { settings_.steps = steps; }

  DepthWeights weights() const;
  NamedArrays slots() const { return slots_of(adam_, trained_.names); }
  void restore_slots(const NamedArrays& slots, int steps_done) { impasto::restore_slots(adam_, trained_.names, slots, steps_done); }

 private:
  const Parameters& parameters() const;
  void descend();

  Backend* backend_;
  DepthWeights start_;
  int width_, height_;
  DepthTrainingSettings settings_;
  std::variant<Hourglass, VggDepth> net_;
  TrainedParameters trained_;
  Adam adam_;
  DepthLoss loss_;
  Tensor rgb_;  // of the step at hand
  Variable z_;
  DepthLoss::Losses losses_;
  Repeated repeated_;
};

}  // namespace impasto
