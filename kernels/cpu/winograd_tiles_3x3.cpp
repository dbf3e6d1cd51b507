// Tiles of the 3x3 schemes.
#include "kernels/cpu/winograd_tiles_table.h"

namespace impasto::winograd {
template const Tiles& tiles_of_scheme<F4x3>(int lanes);
template const Tiles& tiles_of_scheme<F6x3>(int lanes);
}  // namespace impasto::winograd
