// The RIFF chunks of a WebP, for its EXIF block and to know that the file is whole; the rest is the library's own reader.
#include <webp/decode.h>

#include <algorithm>
#include <string_view>

#include "engine/error.h"
#include "loaders/picture_header.h"

namespace impasto {
namespace {

Bytes find_exif(Bytes riff) {
  constexpr std::string_view tag = "EXIF";
  std::size_t at = 12;
  while (riff.size() - at >= 8) {
    const std::size_t length = little_endian(riff, at + 4, 4);
    if (length > riff.size() - at - 8) break;
    if (std::equal(tag.begin(), tag.end(), riff.begin() + static_cast<std::ptrdiff_t>(at))) return riff.subspan(at + 8, length);
    const std::size_t step = 8 + length + length % 2;  // chunks begin at even places
    if (step > riff.size() - at) break;
    at += step;
  }
  return {};
}

}  // namespace

PictureHeader read_webp_header(Bytes file, const std::string& name) {
  const std::size_t riff = std::size_t{little_endian(file, 4, 4)} + 8;
  if (riff > file.size()) refuse_truncated(name);
  if (riff < 12) refuse_damaged(name, "an impossible length");

  WebPBitstreamFeatures features;
  const VP8StatusCode status = WebPGetFeatures(file.data(), file.size(), &features);
  if (status == VP8_STATUS_NOT_ENOUGH_DATA) refuse_truncated(name);
  if (status != VP8_STATUS_OK || features.width < 1 || features.height < 1) refuse_damaged(name, "unreadable WebP header");
  if (features.has_animation) throw FileError(name, "an animated WebP; save one of its frames as a picture");

  PictureHeader header;
  header.format = PictureFormat::webp;
  header.width = features.width;
  header.height = features.height;
  header.alpha = features.has_alpha != 0;
  header.exif = find_exif(file.first(riff));
  return header;
}

}  // namespace impasto
