// The versions of the libraries that files are read and written with.
#pragma once
#include <string>
#include <vector>

namespace impasto {

/// "HDF5 1.10.8", ...: of the shared libraries found at run time.
std::vector<std::string> loader_libraries();

}  // namespace impasto
