// Real numbers as they lie in files, little-endian: f32, f16, bf16 and f64 to f32 and back.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/bytes.h"

namespace impasto {

enum class RealType { f32, f16, bf16, f64 };

size_t bytes_of(RealType type);

/// bytes: a whole number of reals. f64 is rounded to f32, beyond whose range it becomes infinite.
std::vector<float> decode_reals(RealType type, Bytes bytes);
/// f16 and bf16 are rounded to nearest even.
std::vector<uint8_t> encode_reals(RealType type, const std::vector<float>& values);

/// Throws FileError with both names if any value is NaN or infinite.
void require_finite(const std::string& path, const std::string& name, const std::vector<float>& values);

}  // namespace impasto
