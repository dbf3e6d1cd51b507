// VGG weights out of a file: our own format, or what Keras saved.
#pragma once
#include <string>

#include "nets/vgg.h"

namespace impasto {

/// Our file says itself what it is and how it wants its pictures. A Keras file is a VGG-16 or a VGG-19, by what it holds, and
/// wants Caffe's preprocessing, or HED's where it is the HED edge network. Throws FileError.
VggWeights read_vgg(const std::string& path);

}  // namespace impasto
