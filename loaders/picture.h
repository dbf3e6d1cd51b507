// Pictures in and out: JPEG, PNG and WebP. Values are as stored in the file (no colour management, no gamma): profiles and
// gAMA are neither applied nor kept. EXIF orientation is applied, so width and height are those the viewer sees.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/bytes.h"

namespace impasto {

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<float> rgb;    ///< [3, height, width], 0..1
  std::vector<float> alpha;  ///< [height, width], 0..1, not multiplied into rgb; empty if the picture is opaque
  bool grey = false;         ///< the file held one colour channel; rgb then has three equal planes
  int bits = 8;              ///< 8 or 16 a channel in the file

  std::size_t pixels() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
};

/// What is refused before anything is decoded. A side above 65535 is refused in any case.
struct PictureLimits {
  std::int64_t pixels = 100'000'000;
  std::size_t bytes = std::size_t{512} << 20;  ///< of the file
};

struct WriteOptions {
  int quality = 95;  ///< 1..100, JPEG and WebP (lossy); from 91 on JPEG keeps colour at full resolution
  int bits = 8;      ///< 8, or 16 for PNG
};

enum class PictureFormat { jpeg, png, webp };

/// Reads a picture by what it is, not by its name; "-" is standard input.
/// Throws FileError: missing, not a picture, cut short, damaged, over a limit, or a kind that is not read (CMYK, 12-bit,
/// lossless or arithmetic-coded JPEG; animated WebP). MemoryError if it does not fit.
Picture read_picture(const std::string& path, const PictureLimits& limits = {});

/// The same from memory; `name` is what messages call it.
Picture decode_picture(Bytes file, const std::string& name, const PictureLimits& limits = {});

/// The format a name asks for: .jpg .jpeg .png .webp in any case, "-" (standard output) is PNG. Throws UsageError otherwise:
/// call it before a long computation, not after.
PictureFormat picture_format(const std::string& path);

/// Writes atomically: the file is the old one or the whole new one. Values are clamped to 0..1 and rounded to nearest.
/// Alpha goes into PNG and WebP; for JPEG the picture is laid on white. Always three colour channels, also for grey.
/// Throws UsageError for the name or options, ShapeError if the planes do not fit the size, Error for a NaN, FileError.
void write_picture(const std::string& path, const Picture& picture, const WriteOptions& options = {});

/// The same into memory.
std::vector<std::uint8_t> encode_picture(const Picture& picture, PictureFormat format, const WriteOptions& options = {});

}  // namespace impasto
