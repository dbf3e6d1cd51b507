// Where a training begins: the first weights of its network.
#pragma once
#include "nets/transform.h"
#include "tools/train_options.h"

namespace impasto {

/// Those of --init, with rows for further styles if --add-style asks for them, or fresh ones of --arch, for as many styles as there are
/// paintings. `first_style` is the first that is to be learnt. Throws UsageError if network and paintings do not fit, and as read_transform.
TransformWeights start_of_training(const TrainOptions& options, int& first_style);

}  // namespace impasto
