// A bounded walk over the first directory of the TIFF structure; no other directory can hold the main picture's orientation.
#include "loaders/exif.h"

#include <algorithm>
#include <string_view>

namespace impasto {
namespace {

constexpr std::uint32_t orientation_tag = 0x0112;
constexpr std::size_t entry_bytes = 12;

bool begins(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// Bytes an entry's value has, for the types that an orientation is met in; 0 for the others.
int integer_bytes(std::uint32_t type) {
  switch (type) {
    case 1:
      return 1;  // BYTE
    case 3:
      return 2;  // SHORT, what the standard asks for
    case 4:
      return 4;  // LONG
    default:
      return 0;
  }
}

}  // namespace

int exif_orientation(Bytes exif) {
  constexpr std::string_view prefix("Exif\0\0", 6);
  if (begins(exif, prefix)) exif = exif.subspan(prefix.size());
  const bool little = begins(exif, "II");
  if (exif.size() < 8 || (!little && !begins(exif, "MM"))) return 1;
  const auto number = [&](std::size_t at, int count) { return little ? little_endian(exif, at, count) : big_endian(exif, at, count); };

  if (number(2, 2) != 42) return 1;
  const std::size_t directory = number(4, 4);
  if (directory > exif.size() - 2) return 1;
  const std::size_t present = (exif.size() - directory - 2) / entry_bytes;
  const std::size_t entries = std::min<std::size_t>(number(directory, 2), present);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * entry_bytes;
    if (number(entry, 2) != orientation_tag) continue;
    const int bytes = integer_bytes(number(entry + 2, 2));
    if (bytes == 0 || number(entry + 4, 4) != 1) return 1;
    const std::uint32_t value = number(entry + 8, bytes);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace impasto
