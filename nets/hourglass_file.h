// The depth hourglass out of files: ours, and those of who trained it. princeton-vl/relative_depth has .t7 files of the whole network,
// zhengqili/MegaDepth a state_dict of the same network in PyTorch, whose output is the logarithm of depth.
#pragma once
#include <string>

#include "loaders/torch7.h"
#include "loaders/weight_file.h"
#include "nets/hourglass.h"

namespace impasto {

/// By the end of the name (loaders/weight_format.h): PyTorch's, Torch7's, else ours. Throws FileError. Whether all shapes fit is for
/// Hourglass to see.
HourglassWeights read_hourglass(const std::string& path);

/// Architecture "hourglass". For write_weight_file; the caller says in created_by who wrote it.
WeightFile hourglass_weight_file(const HourglassWeights& weights);

/// Takes a state_dict whose names are the places of modules in the nested containers: "3.0.1.0.1.3.weight" is level4/skip1's wide
/// convolution of branch 1. Throws ShapeError with what is missing or left over.
NamedArrays hourglass_from_state_dict(const NamedArrays& theirs);

/// Walks the modules and compares each with the network before its numbers are taken. The network is the file's object, or its `model`.
/// Throws ShapeError, FileError.
NamedArrays hourglass_from_torch7(const Torch7File& file);

}  // namespace impasto
