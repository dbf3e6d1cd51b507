// The flags of `impasto train transform`, and what they come to.
#pragma once
#include <string>
#include <vector>

#include "nets/transform_training.h"
#include "tools/objective_options.h"
#include "tools/run_options.h"

namespace CLI {
class App;
}

namespace impasto {

struct TrainOptions : RunOptions {
  std::vector<std::string> paintings;
  std::string photos;

  std::string arch = "pytorch-examples", space = "caffe";
  bool add_style = false;

  // From the first step on content must have a say, or a network learns the painting's colours alone: style weighs less here than where a
  // photo is optimised.
  ObjectiveOptions loss{5, 1, 1e-5, "relu2_2", "relu1_2:0.002,relu2_2:0.05,relu3_3:2,relu4_3:60"};
  double pixel_weight = 0;
  std::string style_target = "gram", loss_net;
  int style_size = 512;

  int size = 256, identity_steps = 300;
  double style_warmup = 0.25;
  std::vector<std::string> titles, previews;
  int preview_every = 500;
};

/// Binds the flags; `options` must outlive the parsing.
void add_train_flags(CLI::App& command, TrainOptions& options);

/// What a trained network's settings say. Throws UsageError if they are not of such a training.
TrainOptions options_of(const std::string& settings, const std::string& source);

/// Throws UsageError for what the flags' own checks cannot see: missing photos or paintings, layer lists, two files of one name, and what does
/// not go together.
TransformTrainingSettings training_settings(const TrainOptions& options);

}  // namespace impasto
