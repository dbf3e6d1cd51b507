// A scheme's tile functions by lanes; instantiated in winograd_tiles_*.cpp, a file for few schemes each since they take long to compile.
#pragma once
#include "kernels/cpu/winograd_tiles.h"

namespace impasto::winograd {

template <class S>
const Tiles& tiles_of_scheme(int lanes) {
  return lanes == 8 ? tiles_of<S, 8> : tiles_of<S, 16>;
}

extern template const Tiles& tiles_of_scheme<F4x3>(int lanes);
extern template const Tiles& tiles_of_scheme<F6x3>(int lanes);
extern template const Tiles& tiles_of_scheme<F5x4>(int lanes);
extern template const Tiles& tiles_of_scheme<F4x5>(int lanes);
extern template const Tiles& tiles_of_scheme<Doubled>(int lanes);
extern template const Tiles& tiles_of_scheme<Halved>(int lanes);
extern template const Tiles& tiles_of_scheme<Strided>(int lanes);
extern template const Tiles& tiles_of_scheme<Spread>(int lanes);

}  // namespace impasto::winograd
