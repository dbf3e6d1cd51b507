// Which of the three formats a file is, and, when it is none, a sentence that helps.
#include "loaders/picture_header.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "engine/error.h"

namespace impasto {
namespace {

using namespace std::string_view_literals;

bool has(Bytes bytes, std::size_t at, std::string_view text) {
  if (bytes.size() < at + text.size()) return false;
  return std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

struct Signature {
  std::size_t at;
  std::string_view bytes;
  std::string_view name;
};

constexpr Signature others[] = {
    {0, "GIF8"sv, "a GIF"},
    {0, "II*\0"sv, "a TIFF or camera raw file"},
    {0, "MM\0*"sv, "a TIFF or camera raw file"},
    {4, "ftypavif"sv, "an AVIF"},
    {4, "ftyphei"sv, "a HEIC"},
    {4, "ftypmif1"sv, "a HEIC"},
    {4, "ftyp"sv, "a video"},
    {0, "8BPS"sv, "a Photoshop file"},
    {0, "%PDF"sv, "a PDF"},
    {0, "\xff\x0a"sv, "a JPEG XL"},
    {0, "\0\0\0\x0cJXL "sv, "a JPEG XL"},
    {0, "\0\0\0\x0cjP  "sv, "a JPEG 2000"},
    {0, "PK\x03\x04"sv, "a zip file"},
    {0, "\x89HDF"sv, "an HDF5 file"},
};

bool printable(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f; }

/// The first words of a text in quotes, or the first bytes in hexadecimal; never anything a terminal would obey.
std::string beginning(Bytes start) {
  constexpr std::size_t longest = 14;
  const auto end = std::find_if_not(start.begin(), start.begin() + static_cast<std::ptrdiff_t>(std::min(start.size(), longest)), printable);
  const std::string text(start.begin(), end);
  if (text.size() >= 4) return "\"" + text + "\"";
  std::string hex = "with the bytes";
  for (std::size_t i = 0; i < std::min<std::size_t>(start.size(), 4); ++i) {
    char digits[8];
    std::snprintf(digits, sizeof digits, " %02x", start[i]);
    hex += digits;
  }
  return hex;
}

}  // namespace

void refuse_truncated(const std::string& name) { throw FileError(name, "the file ends before the picture does; copy it again"); }

void refuse_damaged(const std::string& name, const std::string& what) {
  throw FileError(name, "the picture is damaged (" + what + "); copy it again or open and save it in a picture editor");
}

PictureFormat sniff_picture(Bytes start, const std::string& name) {
  if (start.empty()) throw FileError(name, "the file is empty; copy it again");
  if (has(start, 0, "\xff\xd8\xff"sv)) return PictureFormat::jpeg;
  if (has(start, 0, "\x89PNG"sv)) return PictureFormat::png;
  if (has(start, 0, "RIFF"sv) && has(start, 8, "WEBP"sv)) return PictureFormat::webp;

  for (const Signature& other : others)
    if (has(start, other.at, other.bytes))
      throw FileError(name, "not a JPEG, PNG or WebP picture but " + std::string(other.name) + "; convert it to one of the three");
  const auto solid = std::find_if(start.begin(), start.end(), [](std::uint8_t b) { return b > ' '; });  // pages may begin with line ends
  const Bytes text = start.subspan(static_cast<std::size_t>(solid - start.begin()));
  const bool page = has(text, 0, "<"sv);
  throw FileError(name, "not a JPEG, PNG or WebP picture (it begins " + beginning(page ? text : start) + ")" +
                            (page ? "; was the download a web page?" : "; is it the right file?"));
}

PictureHeader read_picture_header(Bytes file, const std::string& name) {
  switch (sniff_picture(file, name)) {
    case PictureFormat::jpeg:
      return read_jpeg_header(file, name);
    case PictureFormat::png:
      return read_png_header(file, name);
    case PictureFormat::webp:
      return read_webp_header(file, name);
  }
  throw FileError(name, "not a picture");
}

}  // namespace impasto
