// Tiles of the schemes for wide kernels.
#include "kernels/cpu/winograd_tiles_table.h"

namespace impasto::winograd {
template const Tiles& tiles_of_scheme<F5x4>(int lanes);
template const Tiles& tiles_of_scheme<F4x5>(int lanes);
}  // namespace impasto::winograd
