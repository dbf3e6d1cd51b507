// The names of VGG's convolutions in Keras files, and ours: conv1_1/weight [64, 3, 3, 3], conv1_1/bias [64] ... conv5_3 (conv5_4).
#pragma once
#include "loaders/arrays.h"

namespace impasto {

/// Takes what read_keras_weights returns for VGG-16 or VGG-19 and passes over everything else in it (dense layers, edge outputs). Layouts:
///   block1_conv1/kernel, /bias                   Keras 2
///   conv2d/0, /1; conv2d_1 ... conv2d_12 (_15)   Keras 3, one row of layers
///   block1/conv2d/0, /1; block1/conv2d_1 ...     Keras 3, blocks counted each for itself (the HED edge network)
/// Throws ShapeError with all that is missing or misshapen.
NamedArrays vgg_from_keras(const NamedArrays& keras);

}  // namespace impasto
