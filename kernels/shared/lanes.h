// Lanes<V>: V neighbouring channels of one pixel, the unit that kernel bodies compute with, always in f32.
// On a CPU it is a SIMD register, in CUDA V registers of one thread. Loads and stores convert from and to bf16.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstring>

#include "engine/dtype.h"

namespace impasto {

#if defined(__CUDACC__)
template <int V>
struct Lanes {
  float v[V];
  Lanes() = default;
  IMPASTO_BODY Lanes(float s) {
    for (int i = 0; i < V; i++) v[i] = s;
  }
  IMPASTO_BODY float& operator[](int i) { return v[i]; }
  IMPASTO_BODY float operator[](int i) const { return v[i]; }
};
#define IMPASTO_LANES_OPERATOR(op)                            \
  template <int V>                                            \
  IMPASTO_BODY Lanes<V> operator op(Lanes<V> a, Lanes<V> b) { \
    for (int i = 0; i < V; i++) a.v[i] = a.v[i] op b.v[i];    \
    return a;                                                 \
  }
template <int V>
IMPASTO_BODY Lanes<V> select_positive(Lanes<V> m, Lanes<V> a, Lanes<V> b) {
  for (int i = 0; i < V; i++) a.v[i] = m.v[i] > 0 ? a.v[i] : b.v[i];
  return a;
}
/// 1 where a = b, else 0.
template <int V>
IMPASTO_BODY Lanes<V> equal(Lanes<V> a, Lanes<V> b) {
  for (int i = 0; i < V; i++) a.v[i] = a.v[i] == b.v[i] ? 1.0f : 0.0f;
  return a;
}
template <int V>
IMPASTO_BODY Lanes<V> max(Lanes<V> a, Lanes<V> b) {
  for (int i = 0; i < V; i++) a.v[i] = b.v[i] > a.v[i] || b.v[i] != b.v[i] ? b.v[i] : a.v[i];
  return a;
}
#else
// A struct around the typedef: g++ 12 forgets a vector_size that depends on a template's own argument.
template <class T, int V>
struct VectorOf {
  typedef T type __attribute__((vector_size(sizeof(T) * V), may_alias));
};
template <class T>
struct VectorOf<T, 1> {  // a plain number: GCC keeps vectors of one in whole registers, and never joins them to longer ones
  typedef T type;
};
template <int V>
struct Lanes {
  using Vector = typename VectorOf<float, V>::type;
  Vector v;
  Lanes() = default;
  IMPASTO_BODY Lanes(float s) : v(s - Vector{}) {}  // s - 0 is s: one broadcast, where 0 + s would be an addition
  IMPASTO_BODY explicit Lanes(Vector vector)
    requires(V > 1)
      : v(vector) {}
  IMPASTO_BODY float& operator[](int i) { return reinterpret_cast<float*>(&v)[i]; }
  IMPASTO_BODY float operator[](int i) const {
    if constexpr (V == 1)
      return v;
    else
      return v[i];
  }
};
#define IMPASTO_LANES_OPERATOR(op)                            \
  template <int V>                                            \
  IMPASTO_BODY Lanes<V> operator op(Lanes<V> a, Lanes<V> b) { \
    return Lanes<V>(a.v op b.v);                              \
  }
/// a where m > 0, b elsewhere (also where m is NaN).
template <int V>
IMPASTO_BODY Lanes<V> select_positive(Lanes<V> m, Lanes<V> a, Lanes<V> b) {
  return Lanes<V>(m.v > 0 ? a.v : b.v);
}
/// 1 where a = b, else 0.
template <int V>
IMPASTO_BODY Lanes<V> equal(Lanes<V> a, Lanes<V> b) {
  return Lanes<V>(a.v == b.v ? Lanes<V>(1.0f).v : Lanes<V>(0.0f).v);
}
/// The larger; a NaN on either side is kept.
template <int V>
IMPASTO_BODY Lanes<V> max(Lanes<V> a, Lanes<V> b) {
  return Lanes<V>((b.v > a.v) | (b.v != b.v) ? b.v : a.v);
}
#endif
IMPASTO_LANES_OPERATOR(+)
IMPASTO_LANES_OPERATOR(-)
IMPASTO_LANES_OPERATOR(*)
IMPASTO_LANES_OPERATOR(/)
#undef IMPASTO_LANES_OPERATOR
template <int V>
IMPASTO_BODY Lanes<V> operator+(Lanes<V> a, float b) {
  return a + Lanes<V>(b);
}
template <int V>
IMPASTO_BODY Lanes<V> operator-(Lanes<V> a, float b) {
  return a - Lanes<V>(b);
}
template <int V>
IMPASTO_BODY Lanes<V> operator*(Lanes<V> a, float b) {
  return a * Lanes<V>(b);
}
template <int V>
IMPASTO_BODY Lanes<V> operator/(Lanes<V> a, float b) {
  return a / Lanes<V>(b);
}
template <int V>
IMPASTO_BODY Lanes<V>& operator+=(Lanes<V>& a, Lanes<V> b) {
  return a = a + b;
}

/// f on every lane, for what has no vector form.
template <int V, class F>
IMPASTO_BODY Lanes<V> each(Lanes<V> a, F f) {
  for (int i = 0; i < V; i++) a[i] = f(a[i]);
  return a;
}

/// max(x, 0); NaN stays.
template <int V>
IMPASTO_BODY Lanes<V> relu(Lanes<V> x) {
  return select_positive(Lanes<V>(0.0f) - x, Lanes<V>(0.0f), x);
}
template <int V>
IMPASTO_BODY Lanes<V> absolute(Lanes<V> x) {
  return select_positive(x, x, Lanes<V>(0.0f) - x);
}

template <int V>
IMPASTO_BODY float total(Lanes<V> a) {
  float sum = a[0];
  for (int i = 1; i < V; i++) sum += a[i];
  return sum;
}

// CUDA takes 16 bytes at once wherever lanes fill them, and these must lie at a multiple of 16; the emulator looks whether they do.
#if defined(__CUDACC__)
template <class T, int V>
IMPASTO_BODY Lanes<V> load_words(const T* p) {
  constexpr int step = 16 / sizeof(T);
  Lanes<V> a;
  if constexpr (V % step == 0) {
    for (int i = 0; i < V; i += step) {
      const uint4 word = *reinterpret_cast<const uint4*>(p + i);
      T part[step];
      memcpy(part, &word, sizeof word);
      for (int k = 0; k < step; k++) a.v[i + k] = part[k];
    }
  } else {
    for (int i = 0; i < V; i++) a.v[i] = p[i];
  }
  return a;
}
template <class T, int V>
IMPASTO_BODY void store_words(T* p, Lanes<V> a) {
  constexpr int step = 16 / sizeof(T);
  if constexpr (V % step == 0) {
    for (int i = 0; i < V; i += step) {
      T part[step];
      for (int k = 0; k < step; k++) part[k] = T(a.v[i + k]);
      uint4 word;
      memcpy(&word, part, sizeof word);
      *reinterpret_cast<uint4*>(p + i) = word;
    }
  } else {
    for (int i = 0; i < V; i++) p[i] = T(a.v[i]);
  }
}
#elif defined(IMPASTO_EMULATED)
namespace emulator {
void check_alignment(const void* p, std::size_t bytes);
}
template <class T, int V>
IMPASTO_BODY void check_words(const T* p) {
  if (V * sizeof(T) % 16 == 0) emulator::check_alignment(p, 16);
}
#else
template <class T, int V>
IMPASTO_BODY void check_words(const T*) {}
#endif

template <int V>
IMPASTO_BODY Lanes<V> load(const float* p) {
#if defined(__CUDACC__)
  return load_words<float, V>(p);
#else
  check_words<float, V>(p);
  Lanes<V> a;
  __builtin_memcpy(&a.v, p, sizeof a.v);
  return a;
#endif
}
template <int V>
IMPASTO_BODY void store(float* p, Lanes<V> a) {
#if defined(__CUDACC__)
  store_words<float, V>(p, a);
#else
  check_words<float, V>(p);
  __builtin_memcpy(p, &a.v, sizeof a.v);
#endif
}
template <int V>
IMPASTO_BODY Lanes<V> load(const bf16* p) {
#if defined(__CUDACC__)
  return load_words<bf16, V>(p);
#else
  check_words<bf16, V>(p);
  Lanes<V> a;
  if constexpr (V == 1) {
    a.v = *p;
  } else {
    using Halves = typename VectorOf<uint16_t, V>::type;
    using Words = typename VectorOf<uint32_t, V>::type;
    Halves halves;
    __builtin_memcpy(&halves, p, sizeof halves);
    a.v = (typename Lanes<V>::Vector)(__builtin_convertvector(halves, Words) << 16);
  }
  return a;
#endif
}
template <int V>
IMPASTO_BODY void store(bf16* p, Lanes<V> a) {
#if defined(__CUDACC__)
  store_words<bf16, V>(p, a);
#else
  check_words<bf16, V>(p);
  if constexpr (V == 1) {
    *p = bf16(a.v);
  } else {
    using Halves = typename VectorOf<uint16_t, V>::type;
    using Words = typename VectorOf<uint32_t, V>::type;
    const Words u = (Words)a.v;
    const Words nan = (Words)((u & 0x7fffffffu) > 0x7f800000u);
    const Words rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
    const Halves halves = __builtin_convertvector((nan & ((u >> 16) | 0x40u)) | (~nan & rounded), Halves);
    __builtin_memcpy(p, &halves, sizeof halves);
  }
#endif
}

/// Writes a, or adds it to what stands there.
template <int V, class T>
IMPASTO_BODY void put(T* p, Lanes<V> a, bool add) {
  store<V>(p, add ? load<V>(p) + a : a);
}

/// The planar values of channels first .. first + V - 1; channels from `channels` on, and a null pointer, give `otherwise`.
template <int V>
IMPASTO_BODY Lanes<V> load_channels(const float* values, int first, int channels, float otherwise) {
  Lanes<V> a(otherwise);
  if (values) {
    for (int i = 0; i < V; i++) {
      if (first + i < channels) a[i] = values[first + i];
    }
  }
  return a;
}

}  // namespace impasto
