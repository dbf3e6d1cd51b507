// Depth networks by name: for losses, masks, judges and pictures of depth.
#pragma once
#include <vector>

#include "loaders/picture.h"
#include "nets/depth_map.h"
#include "nets/gradient_norms.h"

namespace impasto {

/// What is used where no network is named: "hourglass", if there is such a network, else "vgg-depth", which comes with impasto.
std::string usual_depth_network();

/// read_depth_network, with the trunk of the cache's VGG-16 in a vgg-depth that comes without. Throws Error that says how to get that.
DepthWeights depth_network(const std::string& file);

/// A file, or a network's name, or "" for the usual one. Throws Error that says where to get one if there is none of that name.
DepthWeights judging_depth(const std::string& net);

/// What a depth error is divided by: what the network's file says, else how much it finds depth to vary in these pictures.
/// Throws UsageError if that is nothing.
double depth_variance(const DepthNetwork& network, const std::vector<Picture>& pictures);

/// "content 41 %, style 38 %, tv 1 %, depth 20 %": of the gradient at the start.
std::string shares_text(const std::vector<GradientNorm>& norms);

}  // namespace impasto
