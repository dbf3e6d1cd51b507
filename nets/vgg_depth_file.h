// The depth network on VGG-16 out of files of ours.
#pragma once
#include <string>

#include "loaders/weight_file.h"
#include "nets/vgg_depth.h"

namespace impasto {

/// Throws FileError. The trunk is there if it is in the file (has_trunk). Whether all shapes fit is for VggDepth to see.
VggDepthWeights read_vgg_depth(const std::string& path);

/// The trunk is in it if the weights have it. For write_weight_file; the caller says in created_by who wrote it.
WeightFile vgg_depth_weight_file(const VggDepthWeights& weights);

}  // namespace impasto
