// A photo painted in the style of paintings, coarse to fine: pictures in, a picture out.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nets/optimize.h"

namespace impasto {

enum class Start { photo, noise };

struct PaintSettings {
  ObjectiveSettings objective;
  OptimizeSettings optimize;  // at each scale
  std::vector<double> blend;  // of the paintings; empty: all alike
  /// Where the photo counts, and each painting: none, or one a painting. With their pictures read.
  std::optional<MaskSpec> content_mask;
  std::vector<MaskSpec> style_masks;
  int scales = 1;  // each half the size of the next; the result of one, enlarged, is the next one's start
  Start start = Start::photo;
  uint64_t seed = 0;  // of the noise
};

/// settings.objective, with a style term for each masked painting: what paint() paints by.
ObjectiveSettings objective_of(const PaintSettings& settings);

/// How far the work is. The losses are those before the last step; picture() is the one after it, at the scale's size.
struct PaintProgress {
  int scale, scales, width, height;
  int step, steps;  // made so far, at all scales together
  const OptimizeStep& losses;
  const Objective& objective;
  const Tensor& tensor;
  std::function<Picture()> picture;
};
using PaintWatch = std::function<bool(const PaintProgress&)>;

struct Painted {
  Picture picture;  // of the photo's size, with its alpha; enlarged if the work ended at a coarser scale
  OptimizeResult result;
  std::vector<std::string> terms;  // names of the losses
  int steps = 0;                   // made
};

/// The photo and the paintings have the sizes to work at; at coarser scales all shrink alike. Values of the result lie in 0..1.
/// Masks are made anew at each scale, of the photo's size there.
/// depth: for a depth_weight above 0. Throws UsageError for settings that do not fit, ShapeError if a picture is too small for the deepest layer.
Painted paint(const Vgg& network, const Picture& photo, const std::vector<Picture>& paintings, const PaintSettings& settings,
              const PaintWatch& watch = {}, const DepthNetwork* depth = nullptr);

}  // namespace impasto
