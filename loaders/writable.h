// What a reader would refuse is not written.
#pragma once
#include <string>

#include "loaders/arrays.h"
#include "loaders/weight_file.h"

namespace impasto {

/// Throws FileError with both names if the array's shape has not as many elements as it has values, an axis is below 1, or a value is
/// NaN, infinite or beyond what `storage` can hold.
void require_writable(const std::string& path, const std::string& name, const Array& array, Storage storage);

}  // namespace impasto
