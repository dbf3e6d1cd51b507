// Vectors of L floats for the CPU's own convolutions: one register, or several where the processor's are shorter.
#pragma once
#include <cstddef>
#include <cstring>

namespace impasto::vectors {

template <class T, int L>
struct VectorOf {
  typedef T type __attribute__((vector_size(L * sizeof(T))));
};
template <int L>
using Vector = typename VectorOf<float, L>::type;

template <int L>
[[gnu::always_inline]] inline void load(Vector<L>& v, const float* p) {
  std::memcpy(&v, p, sizeof v);
}
template <int L>
[[gnu::always_inline]] inline void store(float* p, const Vector<L>& v) {
  std::memcpy(p, &v, sizeof v);
}

/// Without this GCC reads a vector anew for every product it is in, and the load ports become the limit.
template <class V>
[[gnu::always_inline]] inline void keep_in_register(V& v) {
#if defined(__x86_64__)
  if constexpr (sizeof v <= __BIGGEST_ALIGNMENT__) asm("" : "+x"(v));
#endif
}

}  // namespace impasto::vectors
