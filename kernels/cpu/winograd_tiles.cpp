// The table of tile functions; each scheme is compiled in a file of its own kind.
#include "kernels/cpu/winograd_tiles_table.h"

namespace impasto::winograd {

const Tiles& tiles_for(SchemeName scheme, int lanes) {
  switch (scheme) {
    case SchemeName::f4x3:
      return tiles_of_scheme<F4x3>(lanes);
    case SchemeName::f6x3:
      return tiles_of_scheme<F6x3>(lanes);
    case SchemeName::f5x4:
      return tiles_of_scheme<F5x4>(lanes);
    case SchemeName::f4x5:
      return tiles_of_scheme<F4x5>(lanes);
    case SchemeName::doubled:
      return tiles_of_scheme<Doubled>(lanes);
    case SchemeName::halved:
      return tiles_of_scheme<Halved>(lanes);
    case SchemeName::strided:
      return tiles_of_scheme<Strided>(lanes);
    case SchemeName::spread:
      break;
  }
  return tiles_of_scheme<Spread>(lanes);
}

}  // namespace impasto::winograd
