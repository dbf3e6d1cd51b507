// Network weights from one file format into another, and whether a file is good.
#pragma once
#include <string>
#include <vector>

#include "loaders/weight_file.h"

namespace impasto {

/// Reads a VGG, a feed-forward network or our own file of another network as the program would use it: content hash, finite values,
/// every name and shape that the architecture wants. Throws FileError or ShapeError.
WeightFile sound_weights(const std::string& path);

/// Writes our format. `in`: one file, of monodepth2 two. `as`: "vgg16", "vgg19", "transform", "hourglass", "hed", "monodepth", "adain" or
/// "adain-encoder" (which becomes a VGG-19), what they must hold; it may be empty where the file itself tells, which Keras' do not, nor
/// others' of the last five. `licence`: empty for what the file says. Throws UsageError, FileError.
void import_weights(const std::vector<std::string>& in, const std::string& out, const std::string& as, const std::string& licence);

/// By the end of `out`: .onnx, of feed-forward networks only, or .safetensors. Throws UsageError for others, FileError.
void export_weights(const std::string& in, const std::string& out);

}  // namespace impasto
