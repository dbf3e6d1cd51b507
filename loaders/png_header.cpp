// The chunks of a PNG up to IEND, each whole and, where the picture depends on it, with a right checksum.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/error.h"
#include "loaders/picture_header.h"

namespace impasto {
namespace {

constexpr std::array<std::uint8_t, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

bool checksum_holds(Bytes type_and_data, std::uint32_t stored) {
  return crc32(0, type_and_data.data(), static_cast<uInt>(type_and_data.size())) == stored;
}

void read_ihdr(Bytes data, const std::string& name, PictureHeader& header) {
  if (data.size() != 13) refuse_damaged(name, "header of the wrong length");
  header.width = big_endian(data, 0, 4);
  header.height = big_endian(data, 4, 4);
  if (header.width == 0 || header.height == 0) refuse_damaged(name, "no width or height");
  header.bits = data[8] == 16 ? 16 : 8;
  header.grey = data[9] == 0 || data[9] == 4;
}

}  // namespace

PictureHeader read_png_header(Bytes file, const std::string& name) {
  if (file.size() < signature.size()) refuse_truncated(name);
  if (!std::equal(signature.begin(), signature.end(), file.begin()))
    throw FileError(name, "the PNG was changed on the way, as by a transfer in text mode; copy it again in binary mode");

  PictureHeader header;
  header.format = PictureFormat::png;
  bool has_header = false, has_data = false;
  std::size_t at = signature.size();
  for (;;) {
    constexpr std::size_t frame = 12;  // length, type and checksum
    if (file.size() - at < frame) refuse_truncated(name);
    const std::size_t length = big_endian(file, at, 4);
    if (length > 0x7fffffff) refuse_damaged(name, "an impossible chunk length");
    if (length > file.size() - at - frame) refuse_truncated(name);
    const std::string type(file.begin() + static_cast<std::ptrdiff_t>(at + 4), file.begin() + static_cast<std::ptrdiff_t>(at + 8));
    const Bytes data = file.subspan(at + 8, length);
    const bool critical = (file[at + 4] & 0x20) == 0;
    const bool needed = critical || type == "tRNS";
    if (needed && !checksum_holds(file.subspan(at + 4, 4 + length), big_endian(file, at + 8 + length, 4)))
      refuse_damaged(name, "wrong checksum");
    at += frame + length;

    if (!has_header && type != "IHDR") refuse_damaged(name, "it does not begin with its header");
    if (type == "IHDR") {
      if (has_header) refuse_damaged(name, "two headers");
      read_ihdr(data, name, header);
      has_header = true;
    } else if (type == "IDAT") {
      has_data = true;
    } else if (type == "eXIf") {
      if (header.exif.empty()) header.exif = data;
    } else if (type == "IEND") {
      break;
    } else if (critical && type != "PLTE") {
      refuse_damaged(name, "an unknown chunk that it cannot be shown without");
    }
  }
  if (!has_data) refuse_damaged(name, "no picture in it");
  return header;
}

}  // namespace impasto
