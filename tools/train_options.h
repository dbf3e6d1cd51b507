// The flags of `impasto train transform`, and what they come to.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nets/transform_training.h"
#include "tools/backend_choice.h"
#include "tools/objective_options.h"

namespace CLI {
class App;
}

namespace impasto {

struct TrainOptions {
  std::vector<std::string> paintings;
  std::string out, photos, config;

  std::string arch = "pytorch-examples", space = "caffe", init;
  bool add_style = false;

  // From the first step on content must have a say, or a network learns the painting's colours alone: style weighs less here than where a
  // photo is optimised.
  ObjectiveOptions loss{5, 1, 1e-5, "relu2_2", "relu1_2:0.002,relu2_2:0.05,relu3_3:2,relu4_3:60"};
  double pixel_weight = 0;
  std::string style_target = "gram", loss_net;
  int style_size = 512;

  int size = 256, batch = 4, iterations = 10000, identity_steps = 300;
  std::optional<double> minutes;
  double style_warmup = 0.25, rate = 1e-3, last_rate = 1e-5;
  std::string schedule = "cosine", precision = "auto";
  int halve_every = 10000;
  uint64_t seed = 0;

  bool resume = false;
  int checkpoint_every = 500, threads = 1;
  BackendChoice backend;
  std::string storage = "f16", licence;
  std::vector<std::string> titles;

  std::string log, curve, json, validation;
  std::vector<std::string> previews;
  int preview_every = 500, validate_every = 500, validation_photos = 16;

  /// "NET.h5" has "NET.checkpoint.h5" beside it.
  std::string checkpoint() const;
};

/// The groups of flags that decide what is learnt: what a result keeps, and what may not change when a run goes on.
const std::vector<std::string>& learning_groups();

/// Binds the flags; `options` must outlive the parsing.
void add_train_flags(CLI::App& command, TrainOptions& options);

/// What a trained network's settings say. Throws UsageError if they are not of such a training.
TrainOptions options_of(const std::string& settings, const std::string& source);

/// Throws UsageError for what the flags' own checks cannot see: missing photos or paintings, layer lists, two files of one name, and what does
/// not go together.
TransformTrainingSettings training_settings(const TrainOptions& options);

}  // namespace impasto
