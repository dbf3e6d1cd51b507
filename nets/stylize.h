// A photograph painted by a feed-forward network, in one pass.
#pragma once
#include <cstddef>
#include <vector>

#include "loaders/picture.h"
#include "nets/transform.h"

namespace impasto {

/// The photo as the network paints it, of the photo's size, with its alpha; values in 0..1. Sides that the network does not take
/// whole are padded by repeating the edge, and cut off again; so is a picture smaller than least_side().
/// blend: one weight a style, made to sum to 1; empty for networks of one style. Throws UsageError for a blend that does not fit the
/// network, Error naming the weights if the result is not a number.
Picture stylize(const TransformNet& network, const Picture& photo, const std::vector<double>& blend = {});

/// Bytes of tensors that stylize needs at most at this size, weights included; nothing is computed.
size_t stylize_memory(const TransformWeights& weights, int width, int height);

}  // namespace impasto
