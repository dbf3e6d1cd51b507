// What the layers of vectors, matrices and losses share: planar tensors in the backend's master dtype, and checks of them.
#pragma once
#include <string>

#include "engine/variable.h"

namespace impasto {

/// Planar, uninitialised, f32 (f64 on an f64 reference backend).
inline Tensor planar(Backend& backend, Shape shape) { return Tensor(backend, shape, 1, backend.master_dtype()); }

/// The layout that every vector, matrix, mask and weight has.
inline bool is_planar(const Tensor& x) { return x.lanes() == 1 && x.dtype() == x.backend().master_dtype(); }

/// Shape, lanes and dtype, for error messages.
inline std::string layout_text(const Tensor& x) {
  return x.shape().text() + " (" + name_of(x.dtype()) + ", lanes " + std::to_string(x.lanes()) + ")";
}

/// y = scale * x, x repeated along y's dimensions. x + x is exact, so half of it is x: a backend needs no primitive for this.
inline void spread(const Tensor& x, double scale, Out y) { x.backend().binary(Binary::add, scale / 2, x, x, y); }

}  // namespace impasto
