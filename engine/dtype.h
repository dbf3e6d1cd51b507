// Number formats of tensors, and bf16 as a storage type (arithmetic is done in f32).
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__CUDACC__)
#define IMPASTO_BODY __host__ __device__ __forceinline__
#define IMPASTO_UNROLL _Pragma("unroll")
#else
#define IMPASTO_BODY inline __attribute__((always_inline))
#define IMPASTO_UNROLL _Pragma("GCC unroll 16")  // sums in an array stay in registers only if its index is a constant
#endif

namespace impasto {

enum class Dtype : uint8_t { f32, bf16, f64 };

constexpr size_t size_of(Dtype dtype) { return dtype == Dtype::f64 ? 8 : dtype == Dtype::f32 ? 4 : 2; }
constexpr const char* name_of(Dtype dtype) { return dtype == Dtype::f64 ? "f64" : dtype == Dtype::f32 ? "f32" : "bf16"; }

/// The upper half of an f32; rounded to nearest even, NaN stays NaN.
struct bf16 {
  uint16_t bits;
  bf16() = default;
  IMPASTO_BODY explicit bf16(float value) {
    uint32_t u;
    memcpy(&u, &value, 4);
    const bool nan = (u & 0x7fffffffu) > 0x7f800000u;
    bits = uint16_t(nan ? (u >> 16) | 0x40u : (u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
  }
  IMPASTO_BODY operator float() const {
    const uint32_t u = uint32_t(bits) << 16;
    float value;
    memcpy(&value, &u, 4);
    return value;
  }
};

template <class T>
constexpr Dtype dtype_of();
template <>
constexpr Dtype dtype_of<float>() {
  return Dtype::f32;
}
template <>
constexpr Dtype dtype_of<double>() {
  return Dtype::f64;
}
template <>
constexpr Dtype dtype_of<bf16>() {
  return Dtype::bf16;
}

}  // namespace impasto
