// Tiles of 3x3 with stride 2 and of its data gradient.
#include "kernels/cpu/winograd_tiles_table.h"

namespace impasto::winograd {
template const Tiles& tiles_of_scheme<Strided>(int lanes);
template const Tiles& tiles_of_scheme<Spread>(int lanes);
}  // namespace impasto::winograd
