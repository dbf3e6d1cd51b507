// From the run-time dtype and lane count of a tensor to the template arguments of a body.
#pragma once
#include <type_traits>
#include <utility>

#include "engine/tensor.h"

namespace impasto {

template <int V>
using TileWidth = std::integral_constant<int, V>;
template <class T>
struct TypeTag {
  using type = T;
};

/// f(TypeTag<float or bf16>)
template <class F>
void for_dtype(const char* primitive, const Tensor& x, F&& f) {
  if (x.dtype() == Dtype::f32) return f(TypeTag<float>{});
  if (x.dtype() == Dtype::bf16) return f(TypeTag<bf16>{});
  throw ShapeError(std::string(primitive) + " takes f32 or bf16 here, not " + name_of(x.dtype()));
}

/// f(TileWidth<V>): V = L for L = 1, 8 and (where the launcher takes tiles so wide) 16, 8 inside wider multiples of 8, else 1.
template <class Launcher, class F>
void for_tiles(const Tensor& x, F&& f) {
  if constexpr (Launcher::widest_tile == 16) {
    if (x.lanes() == 16) return f(TileWidth<16>{});
  }
  if (x.lanes() % 8 == 0) return f(TileWidth<8>{});
  return f(TileWidth<1>{});
}

template <class Launcher, class F>
void for_layout(const char* primitive, const Tensor& x, F&& f) {
  for_dtype(primitive, x, [&](auto type) { for_tiles<Launcher>(x, [&](auto width) { f(type, width); }); });
}

/// Throws unless both have the same shape, lanes and dtype: bodies walk them side by side.
inline void require_same_layout(const char* primitive, const Tensor& a, const Tensor& b) {
  if (a.same_layout(b)) return;
  throw ShapeError(std::string(primitive) + ": " + a.shape().text() + " with " + std::to_string(a.lanes()) + " lanes of " +
                   name_of(a.dtype()) + " does not match " + b.shape().text() + " with " + std::to_string(b.lanes()) + " lanes of " +
                   name_of(b.dtype()));
}

}  // namespace impasto
