// Numbers out of a file's bytes. The caller has checked that the bytes are there.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace impasto {

using Bytes = std::span<const std::uint8_t>;

inline std::uint32_t big_endian(Bytes bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

inline std::uint32_t little_endian(Bytes bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = value << 8 | bytes[at + i];
  return value;
}

}  // namespace impasto
