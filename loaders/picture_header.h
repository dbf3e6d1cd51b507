// What a picture file says of itself, found by our own bounded walk before any decoder sees it: the decoders are lenient
// where a user wants to be told (cut files, four-colour JPEG) and trusting where they should not be (Huffman tables).
#pragma once
#include <cstdint>
#include <string>

#include "loaders/bytes.h"
#include "loaders/picture.h"

namespace impasto {

struct PictureHeader {
  PictureFormat format = PictureFormat::jpeg;
  std::int64_t width = 0;  ///< as stored, before orientation
  std::int64_t height = 0;
  bool grey = false;
  bool alpha = false;  ///< WebP only; the other decoders say so themselves
  int bits = 8;
  Bytes exif;  ///< a part of the file, empty if there is none
};

/// The format of the file beginning with these bytes. Throws FileError that says what the file seems to be instead.
PictureFormat sniff_picture(Bytes start, const std::string& name);

/// Walks the whole file. Throws FileError if it is cut short, damaged, or of a kind that is not read.
PictureHeader read_picture_header(Bytes file, const std::string& name);

/// The parts of read_picture_header, each for files of its format.
PictureHeader read_jpeg_header(Bytes file, const std::string& name);
PictureHeader read_png_header(Bytes file, const std::string& name);
PictureHeader read_webp_header(Bytes file, const std::string& name);

[[noreturn]] void refuse_truncated(const std::string& name);
[[noreturn]] void refuse_damaged(const std::string& name, const std::string& what);

}  // namespace impasto
