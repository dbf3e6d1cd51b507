// The flags of what pictures are judged by: the same in every command that optimises or trains.
#pragma once
#include <string>

#include "nets/objective_settings.h"

namespace CLI {
class App;
}

namespace impasto {

struct ObjectiveOptions {
  double content_weight, style_weight, tv_weight;
  std::string content_layers, style_layers;
  double depth_weight = 0;
  std::string depth_net = {}, depth_size = {};
  bool depth_relu_mask = false;
};

/// Binds the flags in `group`; `options` must outlive the parsing.
void add_objective_flags(CLI::App& command, ObjectiveOptions& options, const std::string& group);

/// Throws UsageError for layer lists.
ObjectiveSettings objective_settings(const ObjectiveOptions& options);

/// `given`, or VGG-16 of the cache if that is empty. Throws Error saying how to get it, or to give weights by `flag`, if it is not there.
std::string judging_network_file(const std::string& given, const std::string& flag);

}  // namespace impasto
