// Weights that Keras saved: version 3 `.weights.h5`, and the older `.h5` of version 2 with or without the model around them.
#pragma once
#include <string>

#include "loaders/arrays.h"

namespace impasto {

/// Names lose what only the container put there:
///   Keras 3   layers/conv2d_1/vars/0               -> conv2d_1/0          (0 kernel, 1 bias; batch norm: 0 gamma, 1 beta, 2 mean, 3 var)
///             block1/layers/conv2d/vars/1          -> block1/conv2d/1
///   Keras 2   block1_conv1/block1_conv1_W_1:0      -> block1_conv1/kernel
///             block1_conv1/block1_conv1/kernel:0   -> block1_conv1/kernel
///             vgg16/block1_conv1/bias:0            -> vgg16/block1_conv1/bias    (a model within a model)
/// Kernels of rank 4 turn from HWIO into OIHW (those of transposed convolutions, HWOI, into IOHW); dense kernels stay [in, out].
/// The optimiser's state and seed generators are passed over. Throws FileError.
NamedArrays read_keras_weights(const std::string& path);

}  // namespace impasto
