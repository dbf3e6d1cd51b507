#include "loaders/reals.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/dtype.h"
#include "engine/error.h"
#include "loaders/half.h"

namespace impasto {
namespace {

static_assert(std::endian::native == std::endian::little);
static_assert(std::numeric_limits<float>::is_iec559);  // what is too large becomes infinity

template <class Stored, class Convert>
std::vector<float> decode(Bytes bytes, Convert convert) {
  std::vector<float> values(bytes.size() / sizeof(Stored));
  for (size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = convert(stored);
  }
  return values;
}

template <class Stored, class Convert>
std::vector<uint8_t> encode(const std::vector<float>& values, Convert convert) {
  std::vector<uint8_t> bytes(values.size() * sizeof(Stored));
  for (size_t i = 0; i < values.size(); ++i) {
    const Stored stored = convert(values[i]);
    std::memcpy(bytes.data() + i * sizeof(Stored), &stored, sizeof(Stored));
  }
  return bytes;
}

}  // namespace

size_t bytes_of(RealType type) { return type == RealType::f64 ? 8 : type == RealType::f32 ? 4 : 2; }

std::vector<float> decode_reals(RealType type, Bytes bytes) {
  switch (type) {
    case RealType::f32:
      return decode<float>(bytes, [](float value) { return value; });
    case RealType::f16:
      return decode<uint16_t>(bytes, half_to_float);
    case RealType::bf16:
      return decode<bf16>(bytes, [](bf16 value) { return static_cast<float>(value); });
    case RealType::f64:
      return decode<double>(bytes, [](double value) { return static_cast<float>(value); });
  }
  return {};
}

std::vector<uint8_t> encode_reals(RealType type, const std::vector<float>& values) {
  switch (type) {
    case RealType::f32:
      return encode<float>(values, [](float value) { return value; });
    case RealType::f16:
      return encode<uint16_t>(values, float_to_half);
    case RealType::bf16:
      return encode<bf16>(values, [](float value) { return bf16(value); });
    case RealType::f64:
      return encode<double>(values, [](float value) { return static_cast<double>(value); });
  }
  return {};
}

void require_finite(const std::string& path, const std::string& name, const std::vector<float>& values) {
  if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
    throw FileError(path, name + " holds NaN or infinity; use a file from before that training went wrong");
}

}  // namespace impasto
