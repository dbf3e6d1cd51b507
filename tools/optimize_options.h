// The flags of `impasto optimize`, and what they come to.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nets/paint.h"

namespace CLI {
class App;
}

namespace impasto {

struct OptimizeOptions {
  std::string photo, out;
  std::vector<std::string> paintings;

  std::optional<int> size, style_size;
  int iterations = 150, scales = 1, save_every = 0;
  std::string optimizer = "adam";
  std::optional<double> learning_rate;
  double content_weight = 1, style_weight = 5, tv_weight = 1e-6;
  std::string content_layers = "relu2_2", style_layers = "relu1_2,relu2_2,relu3_3,relu4_3", style_blend;
  std::string pooling = "max", init = "photo", net, backend = "auto", precision = "auto";
  uint64_t seed = 0;
  std::string log, json, gradients;
  bool memory_plan = false;

  /// The longest side of the result where --size does not say; smaller photos stay as they are.
  static constexpr int default_size = 320;
};

/// Binds the flags; `options` must outlive the parsing.
void add_optimize_flags(CLI::App& command, OptimizeOptions& options);

/// Throws UsageError for what the flags' own checks cannot see: layer lists, the blend, the name of OUT, two files of one name.
PaintSettings paint_settings(const OptimizeOptions& options);

/// f32 or, for "fast", bf16. Throws UsageError where the backend or the processor has no bf16 arithmetic.
Dtype activations(const OptimizeOptions& options);

}  // namespace impasto
