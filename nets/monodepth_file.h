// monodepth2 out of files: ours, and the two state_dicts of nianticlabs/monodepth2, encoder.pth and depth.pth.
#pragma once
#include <string>
#include <vector>

#include "loaders/weight_file.h"
#include "nets/monodepth.h"

namespace impasto {

/// One file of ours, or two of PyTorch's in either order. Throws FileError, UsageError for another number of files. Whether all shapes fit
/// is for Monodepth to see.
MonodepthWeights read_monodepth(const std::vector<std::string>& paths);

/// For write_weight_file; the caller says in created_by who wrote it.
WeightFile monodepth_weight_file(const MonodepthWeights& weights);

/// Takes the tensors of both files. What only training and classifying need is dropped: the coarser disparities and the encoder's last
/// layer. Which ResNet it is follows from the names. Throws ShapeError with what is missing or left over.
MonodepthWeights monodepth_from_state_dicts(NamedArrays theirs, const std::string& source);

}  // namespace impasto
