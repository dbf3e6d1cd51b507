// Where a training begins: its settings, its pictures, the first weights of its network.
#pragma once
#include <memory>
#include <vector>

#include "loaders/picture_set.h"
#include "nets/transform.h"
#include "tools/train_transform_options.h"

namespace impasto {

/// Those of --init, with rows for further styles if --add-style asks for them, or fresh ones of --arch, for as many styles as there are
/// paintings. `first_style` is the first that is to be learnt. Throws UsageError if network and paintings do not fit, and as read_transform.
TransformWeights start_of_training(const TrainOptions& options, int& first_style);

/// What the command line says of paintings and licence, into the weights; what it does not say stays.
void describe(TransformWeights& weights, const TrainOptions& options, int first_style);

/// At --style-size.
std::vector<Picture> training_paintings(const TrainOptions& options);

/// What --validation names, or what the set of --photos keeps apart; null if there is neither.
std::shared_ptr<const PictureSet> validation_set(const TrainOptions& options);

}  // namespace impasto
