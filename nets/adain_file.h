// AdaIN's decoder into and out of files, and the published files of naoto0804/pytorch-AdaIN. read_adain is in nets/adain.h.
#pragma once
#include <string>

#include "loaders/weight_file.h"
#include "nets/adain.h"

namespace impasto {

/// For write_weight_file; the caller says in created_by who wrote it.
WeightFile adain_weight_file(const AdainWeights& weights);

/// decoder.pth: "1.weight" [256, 512, 3, 3], "1.bias" ... "28.bias", the places in a Sequential, under our names. Throws ShapeError.
NamedArrays adain_from_state_dict(const NamedArrays& theirs);

/// vgg_normalised.pth: VGG-19 whose filters are scaled to a mean activation of 1, behind a 1x1 convolution "0" that makes Caffe's
/// preprocessing of 0..1. That convolution is left out, for it is that preprocessing. Throws ShapeError, also if it is another.
NamedArrays adain_encoder_from_state_dict(const NamedArrays& theirs);
/// Out of its file. Throws FileError.
VggWeights read_adain_encoder(const std::string& path);

}  // namespace impasto
