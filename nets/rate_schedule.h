// How the rate of a training falls.
#pragma once

namespace impasto {

struct RateSchedule {
  enum class Kind {
    constant,
    cosine,  // from rate to last_rate along half a cosine
    halved,  // every halve_every steps (fast-neural-style's lr_decay_every)
    inverse  // rate / (1 + 5e-5 step)   (Huang and Belongie 2017)
  };
  Kind kind = Kind::cosine;
  double rate = 1e-3, last_rate = 1e-5;
  int halve_every = 10000;

  /// Of step `step`, from 0, of `steps`.
  double at(int step, int steps) const;
};

}  // namespace impasto
