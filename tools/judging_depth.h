// The depth network of --depth-net, for losses and masks.
#pragma once
#include <vector>

#include "loaders/picture.h"
#include "nets/depth_map.h"
#include "nets/gradient_norms.h"

namespace impasto {

/// Throws Error that says where to get one if there is none of that name, and as read_depth_network.
DepthWeights judging_depth(const std::string& net);

/// What a depth error is divided by: what the network's file says, else how much it finds depth to vary in these pictures.
/// Throws UsageError if that is nothing.
double depth_variance(const DepthNetwork& network, const std::vector<Picture>& pictures);

/// "content 41 %, style 38 %, tv 1 %, depth 20 %": of the gradient at the start.
std::string shares_text(const std::vector<GradientNorm>& norms);

}  // namespace impasto
