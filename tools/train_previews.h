// Pictures of how far a network that paints is.
#pragma once
#include <string>
#include <vector>

#include "loaders/weight_file.h"
#include "nets/transform.h"
#include "tools/train_transform_options.h"

namespace impasto {

/// A photo of --preview, at the size to paint it at.
struct PreviewPhoto {
  std::string name;
  Picture picture;
};
std::vector<PreviewPhoto> read_previews(const TrainOptions& options);

/// The photos as they are painted now, one row each, into NAME-preview-<step>.jpg. Returns the first painted one.
Picture write_previews(const TrainOptions& options, const std::vector<PreviewPhoto>& photos, Backend& backend,
                       const TransformWeights& weights, int step);

/// As it stands in a weight file: at most 256 pixels a side.
WeightFile::Preview small_preview(const Picture& picture);

}  // namespace impasto
