// The axes of an array in another order, as copying: HWIO, KRSC and OIHW differ by nothing else.
#pragma once
#include <array>

#include "loaders/arrays.h"

namespace impasto {

/// Axis i of the result is axis order[i] of `array`, which has rank 4.
Array permuted(const Array& array, const std::array<int, 4>& order);

}  // namespace impasto
