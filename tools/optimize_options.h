// The flags of `impasto optimize`, and what they come to.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nets/paint.h"
#include "tools/backend_choice.h"
#include "tools/objective_options.h"

namespace CLI {
class App;
}

namespace impasto {

struct OptimizeOptions {
  std::string photo, out;
  std::vector<std::string> paintings;

  std::optional<int> size, style_size;
  std::optional<int> scales;
  int iterations = 80, save_every = 0;
  std::string optimizer = "adam";
  std::optional<double> learning_rate;
  // The deeper a layer, the smaller its Gram matrix's numbers: with these weights all four count.
  ObjectiveOptions loss{6, 5, 2e-5, "relu2_2", "relu1_2:0.01,relu2_2:0.1,relu3_3:1,relu4_3:40"};
  std::string style_blend, content_mask, depth;
  std::vector<std::string> style_masks;
  std::string pooling = "max", init = "photo", net, precision = "auto";
  BackendChoice backend;
  uint64_t seed = 0;
  std::string log, json, gradients;
  bool memory_plan = false;

  /// The longest side of the result where --size does not say; smaller photos stay as they are.
  static constexpr int default_size = 400;
  /// Two scales paint broader strokes than one, three lose the photo; half of a small picture has nothing left to paint.
  static constexpr int default_scales = 2, least_side_of_two = 128;
};

/// Binds the flags; `options` must outlive the parsing.
void add_optimize_flags(CLI::App& command, OptimizeOptions& options);

/// Throws UsageError for what the flags' own checks cannot see: layer lists, the blend, masks, the name of OUT, two files of one name.
/// The masks' pictures are not read yet.
PaintSettings paint_settings(const OptimizeOptions& options);

}  // namespace impasto
