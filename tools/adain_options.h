// The flags of `impasto stylize` for AdaIN, and what they come to.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "nets/adain_paint.h"

namespace CLI {
class App;
}

namespace impasto {

struct AdainOptions {
  std::vector<std::string> paintings, style_masks;
  std::optional<int> style_size;
  std::string net = "adain", encoder;
  std::string depth, depth_range, depth_net;
  bool depth_aware = false, depth_invert = false;

  /// The longest side of paintings where --style-size does not say: what decoders are trained on.
  static constexpr int default_style_size = 512;
};

/// Binds the flags; `options` must outlive the parsing.
void add_adain_flags(CLI::App& command, AdainOptions& options, const std::string& group);

/// The first flag that only AdaIN takes and that is given, "" for none.
std::string first_adain_flag(const AdainOptions& options);

struct StyleImages {
  std::vector<std::string> files;
  std::vector<double> weights;  // made to sum to 1
};
/// PAINTING[:WEIGHT] each: a file that there is by all of the text, else the weight is what stands behind the last ":". Throws UsageError.
StyleImages style_images(const std::vector<std::string>& texts);

/// How they are painted; the masks' pictures are not read yet. Throws UsageError for what the flags' own checks cannot see.
AdainPaintSettings adain_settings(const AdainOptions& options, double strength);

}  // namespace impasto
