// Picture files made byte by byte, so that the readers are tested against the formats and not against our own writers.
#pragma once
#include <webp/encode.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

#include "loaders/picture.h"

namespace impasto::crafted {

using File = std::vector<std::uint8_t>;

inline void put_big(File& file, std::uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) file.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

inline void put_little(File& file, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

inline void put(File& file, const std::string& text) {
  for (const char c : text) file.push_back(static_cast<std::uint8_t>(c));
}
inline void put(File& file, const File& more) { file.insert(file.end(), more.begin(), more.end()); }

// ---- PNG

inline void put_chunk(File& file, const std::string& type, const File& data) {
  put_big(file, static_cast<std::uint32_t>(data.size()), 4);
  const std::size_t start = file.size();
  put(file, type);
  put(file, data);
  put_big(file, static_cast<std::uint32_t>(crc32(0, file.data() + start, static_cast<uInt>(data.size() + 4))), 4);
}

enum PngColour { grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgb_alpha = 6 };

/// samples: rows without filter bytes, 16-bit ones big endian. `before` are chunks between IHDR and IDAT.
inline File png(std::uint32_t width, std::uint32_t height, int bits, PngColour colour, const File& samples, const File& before = {}) {
  File file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, header, raw;
  put_big(header, width, 4);
  put_big(header, height, 4);
  put(header, File{static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(colour), 0, 0, 0});
  put_chunk(file, "IHDR", header);
  put(file, before);
  const std::size_t row = samples.empty() ? 0 : samples.size() / height;
  for (std::size_t y = 0; row != 0 && y < height; ++y) {
    raw.push_back(0);
    raw.insert(raw.end(), samples.begin() + static_cast<std::ptrdiff_t>(y * row),
               samples.begin() + static_cast<std::ptrdiff_t>((y + 1) * row));
  }
  uLongf size = compressBound(static_cast<uLong>(raw.size()));
  File packed(size);
  compress(packed.data(), &size, raw.data(), static_cast<uLong>(raw.size()));
  packed.resize(size);
  put_chunk(file, "IDAT", packed);
  put_chunk(file, "IEND", {});
  return file;
}

/// Makes every checksum right again, so that damage reaches what lies behind the check.
inline void repair_checksums(File& file) {
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = big_endian(file, at, 4);
    if (length > file.size() - at - 12) return;
    const auto sum = static_cast<std::uint32_t>(crc32(0, file.data() + at + 4, static_cast<uInt>(length + 4)));
    for (int i = 0; i < 4; ++i) file[at + 8 + length + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(sum >> 8 * (3 - i));
    at += 12 + length;
  }
}

// ---- EXIF

inline File tiff(std::uint32_t orientation, bool little, std::uint32_t type = 3, std::uint32_t count = 1) {
  File file;
  const auto number = [&](std::uint32_t value, int bytes) { little ? put_little(file, value, bytes) : put_big(file, value, bytes); };
  put(file, little ? "II" : "MM");
  number(42, 2);
  number(8, 4);
  number(2, 2);                                                                   // entries, in the order of their tags
  number(0x010f, 2), number(2, 2), number(4, 4), put(file, "abc"), number(0, 1);  // a maker's name
  number(0x0112, 2), number(type, 2), number(count, 4);
  const int bytes = type == 4 ? 4 : type == 1 ? 1 : 2;
  number(orientation, bytes), number(0, 4 - bytes);
  number(0, 4);
  return file;
}

inline File with_prefix(const File& exif) {
  File file = {'E', 'x', 'i', 'f', 0, 0};
  put(file, exif);
  return file;
}

/// A segment put in right behind the start-of-image marker.
inline File with_segment(const File& jpeg, int marker, const File& data) {
  File file = {0xff, 0xd8, 0xff, static_cast<std::uint8_t>(marker)};
  put_big(file, static_cast<std::uint32_t>(data.size() + 2), 2);
  put(file, data);
  file.insert(file.end(), jpeg.begin() + 2, jpeg.end());
  return file;
}

// ---- WebP

inline void put_riff_chunk(File& file, const std::string& type, const File& data) {
  put(file, type);
  put_little(file, static_cast<std::uint32_t>(data.size()), 4);
  put(file, data);
  if (data.size() % 2) file.push_back(0);
}

inline File riff(const File& chunks) {
  File file;
  put(file, "RIFF");
  put_little(file, static_cast<std::uint32_t>(chunks.size() + 4), 4);
  put(file, "WEBP");
  put(file, chunks);
  return file;
}

/// rgb interleaved; lossless, so that values can be compared exactly.
inline File webp(int width, int height, const File& rgb) {
  std::uint8_t* bytes = nullptr;
  const std::size_t size = WebPEncodeLosslessRGB(rgb.data(), width, height, width * 3, &bytes);
  File file(bytes, bytes + size);
  WebPFree(bytes);
  return file;
}

/// The same picture in the extended container, with flags (8: EXIF, 2: animation) and chunks behind the picture.
inline File extended_webp(const File& simple, int width, int height, int flags, const File& behind) {
  File canvas = {static_cast<std::uint8_t>(flags), 0, 0, 0}, chunks;
  put_little(canvas, static_cast<std::uint32_t>(width - 1), 3);
  put_little(canvas, static_cast<std::uint32_t>(height - 1), 3);
  put_riff_chunk(chunks, "VP8X", canvas);
  chunks.insert(chunks.end(), simple.begin() + 12, simple.end());
  put(chunks, behind);
  return riff(chunks);
}

// ---- values

/// Smooth enough for lossy formats, different in every channel and not symmetric in any way.
inline Picture gradient(int width, int height, bool alpha = false) {
  Picture picture;
  picture.width = width;
  picture.height = height;
  picture.rgb.resize(3 * picture.pixels());
  if (alpha) picture.alpha.resize(picture.pixels());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const std::size_t p = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
      const float u = (static_cast<float>(x) + 0.5f) / static_cast<float>(width),
                  v = (static_cast<float>(y) + 0.5f) / static_cast<float>(height);
      picture.rgb[p] = 0.2f + 0.6f * u;
      picture.rgb[picture.pixels() + p] = 0.9f - 0.7f * v;
      picture.rgb[2 * picture.pixels() + p] = 0.5f * u + 0.3f * v;
      if (alpha) picture.alpha[p] = 0.25f + 0.5f * v;
    }
  return picture;
}

}  // namespace impasto::crafted
