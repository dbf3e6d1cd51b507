// The segments of a JPEG, from the first marker to the end-of-image marker. Stricter than the decoder on purpose: what the
// decoder would skip, fill with grey or write past a table is refused here.
#include <algorithm>
#include <array>
#include <string_view>

#include "engine/error.h"
#include "loaders/picture_header.h"

namespace impasto {
namespace {

constexpr int end_of_image = 0xd9, start_of_scan = 0xda, huffman_tables = 0xc4, app1 = 0xe1;
constexpr int most_scans = 500;  // a real progressive file has about ten; thousands over a large picture only burn time

/// Moves `at` behind the next marker that opens a segment or ends the picture and returns it; -1 at the end of the file.
int next_marker(Bytes file, std::size_t& at) {
  while (at + 1 < file.size()) {
    if (file[at++] != 0xff) continue;
    const int code = file[at];
    const bool fill = code == 0xff;
    const bool stuffed_or_restart = code <= 0x01 || (code >= 0xd0 && code <= 0xd8);
    if (fill || stuffed_or_restart) continue;
    ++at;
    return code;
  }
  return -1;
}

bool is_frame(int marker) { return marker >= 0xc0 && marker <= 0xcf && marker != huffman_tables && marker != 0xc8 && marker != 0xcc; }

struct Frame {
  bool found = false;
  bool progressive = false;
  std::array<std::uint8_t, 3> ids{};
  int components = 0;
  unsigned seen = 0;  // one bit for each component that a scan has begun
};

void read_frame(int marker, Bytes segment, const std::string& name, Frame& frame, PictureHeader& header) {
  if (frame.found) refuse_damaged(name, "two frame headers");
  if (marker > 0xc2) throw FileError(name, "a lossless or arithmetic-coded JPEG, which is not read; save it as an ordinary JPEG");
  if (segment.size() < 6) refuse_damaged(name, "short frame header");
  if (segment[0] != 8) throw FileError(name, "a JPEG of " + std::to_string(segment[0]) + " bits, only 8 are read; save it as 16-bit PNG");
  header.height = big_endian(segment, 1, 2);
  header.width = big_endian(segment, 3, 2);
  const int components = segment[5];
  if (components == 4) throw FileError(name, "a four-colour JPEG (CMYK, made for printing); save it as RGB in a picture editor");
  if (components != 1 && components != 3) refuse_damaged(name, std::to_string(components) + " colour components");
  if (segment.size() != 6 + 3 * static_cast<std::size_t>(components)) refuse_damaged(name, "frame header of the wrong length");
  if (header.width == 0 || header.height == 0) refuse_damaged(name, "no width or height");
  frame.found = true;
  frame.progressive = marker == 0xc2;
  frame.components = components;
  for (int i = 0; i < components; ++i) frame.ids[i] = segment[6 + 3 * i];
  header.grey = components == 1;
}

void read_scan(Bytes segment, const std::string& name, Frame& frame) {
  if (!frame.found) refuse_damaged(name, "a scan before the frame header");
  const std::size_t count = segment.empty() ? 0 : segment[0];
  if (count < 1 || count > 3 || segment.size() != 4 + 2 * count) refuse_damaged(name, "scan header of the wrong length");
  // A progressive picture begins with the DC coefficients (spectral start 0, no earlier bits); later scans only refine.
  const bool begins = !frame.progressive || (segment[1 + 2 * count] == 0 && segment[3 + 2 * count] >> 4 == 0);
  for (std::size_t i = 0; i < count; ++i)
    for (int c = 0; c < frame.components; ++c)
      if (begins && segment[1 + 2 * i] == frame.ids[c]) frame.seen |= 1u << c;
}

/// At most 256 symbols a table and nothing left over: the decoder's arrays are that long and it does not look.
void check_huffman_tables(Bytes segment, const std::string& name) {
  while (!segment.empty()) {
    if (segment.size() < 17) refuse_damaged(name, "short Huffman table");
    std::size_t symbols = 0;
    for (int i = 1; i <= 16; ++i) symbols += segment[i];
    if (symbols > 256 || segment.size() < 17 + symbols) refuse_damaged(name, "overlong Huffman table");
    segment = segment.subspan(17 + symbols);
  }
}

bool is_exif(Bytes segment) {
  constexpr std::string_view tag("Exif\0\0", 6);
  return segment.size() > tag.size() && std::equal(tag.begin(), tag.end(), segment.begin());
}

}  // namespace

PictureHeader read_jpeg_header(Bytes file, const std::string& name) {
  PictureHeader header;
  header.format = PictureFormat::jpeg;
  Frame frame;
  int scans = 0;
  std::size_t at = 2;
  for (;;) {
    const int marker = next_marker(file, at);
    if (marker < 0) refuse_truncated(name);
    if (marker == end_of_image) break;
    if (file.size() - at < 2) refuse_truncated(name);
    const std::size_t length = big_endian(file, at, 2);
    if (length < 2) refuse_damaged(name, "a segment of no length");
    if (length > file.size() - at) refuse_truncated(name);
    const Bytes segment = file.subspan(at + 2, length - 2);
    at += length;

    if (is_frame(marker)) read_frame(marker, segment, name, frame, header);
    if (marker == huffman_tables) check_huffman_tables(segment, name);
    if (marker == app1 && header.exif.empty() && is_exif(segment)) header.exif = segment;
    if (marker == start_of_scan) {
      read_scan(segment, name, frame);
      if (++scans > most_scans) refuse_damaged(name, "more than " + std::to_string(most_scans) + " scans");
    }
  }
  if (!frame.found) refuse_damaged(name, "no frame header");
  if (frame.seen != (1u << frame.components) - 1) refuse_damaged(name, "a colour component is missing");
  return header;
}

}  // namespace impasto
