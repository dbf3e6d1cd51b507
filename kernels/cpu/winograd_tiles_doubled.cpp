// Tiles of nearest x2 + 3x3 and of its data gradient.
#include "kernels/cpu/winograd_tiles_table.h"

namespace impasto::winograd {
template const Tiles& tiles_of_scheme<Doubled>(int lanes);
template const Tiles& tiles_of_scheme<Halved>(int lanes);
}  // namespace impasto::winograd
