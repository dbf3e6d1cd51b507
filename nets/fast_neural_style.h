// Checkpoints of fast-neural-style, Johnson et al. 2016, which is written for Torch7 (https://github.com/jcjohnson/fast-neural-style).
#pragma once
#include "loaders/torch7.h"
#include "nets/transform_names.h"

namespace impasto {

/// A table with `opt`, the options of training, and `model`. What opt says of the network (arch, padding_type, use_instance_norm,
/// preprocessing) is compared with the model module by module before its numbers are taken. With reflect-start training puts the
/// reflection in front of the model; a model without it, which has never been trained, is read as padding=none. The model's own
/// MulConstant is what tanh is multiplied by. Throws ShapeError, UsageError for opt.arch, FileError.
NamedTransform transform_from_fast_neural_style(const Torch7File& file);

}  // namespace impasto
