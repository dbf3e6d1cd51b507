// Planes of floats in, bytes of a JPEG, PNG or WebP out; the file itself is the atomic writer's business.
#include <webp/encode.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "loaders/picture.h"
#include "loaders/png_writer.h"
#include "loaders/stb.h"

namespace impasto {
namespace {

void check(const Picture& picture, PictureFormat format, const WriteOptions& options) {
  if (picture.width < 1 || picture.height < 1 || picture.rgb.size() != 3 * picture.pixels() ||
      (!picture.alpha.empty() && picture.alpha.size() != picture.pixels()))
    throw ShapeError("a picture of " + std::to_string(picture.width) + "x" + std::to_string(picture.height) +
                     " pixels needs 3 planes, it has " + std::to_string(picture.rgb.size()) + " colour and " +
                     std::to_string(picture.alpha.size()) + " alpha values");
  if (options.quality < 1 || options.quality > 100) throw UsageError("quality is 1 to 100, not " + std::to_string(options.quality));
  if (options.bits != 8 && options.bits != 16)
    throw UsageError("a picture has 8 or 16 bits a channel, not " + std::to_string(options.bits));
  if (options.bits == 16 && format != PictureFormat::png) throw UsageError("16 bits a channel need a PNG; name the picture .png");

  const int longest = format == PictureFormat::webp ? WEBP_MAX_DIMENSION : format == PictureFormat::jpeg ? 65535 : 1'000'000;
  if (std::max(picture.width, picture.height) > longest)
    throw Error("a picture of " + std::to_string(picture.width) + "x" + std::to_string(picture.height) +
                " pixels is longer than this format's " + std::to_string(longest) +
                (format == PictureFormat::png ? "; shrink it" : "; name it .png"));
}

/// Interleaved, clamped and rounded; with `on_white` the alpha is used up, else it becomes the fourth channel if there is one.
template <class T>
std::vector<T> pack(const Picture& picture, bool on_white) {
  const std::size_t pixels = picture.pixels();
  const bool transparent = !picture.alpha.empty();
  const int channels = transparent && !on_white ? 4 : 3;
  constexpr float full = sizeof(T) == 2 ? 65535.0f : 255.0f;
  std::vector<T> out(pixels * static_cast<std::size_t>(channels));
  bool broken = false;
#pragma omp parallel for schedule(static) reduction(|| : broken)
  for (std::size_t p = 0; p < pixels; ++p) {
    const float alpha = transparent ? std::clamp(picture.alpha[p], 0.0f, 1.0f) : 1.0f;
    for (int c = 0; c < channels; ++c) {
      float value = c < 3 ? std::clamp(picture.rgb[static_cast<std::size_t>(c) * pixels + p], 0.0f, 1.0f) : alpha;
      if (on_white) value = 1.0f - alpha * (1.0f - value);
      broken = broken || !(value >= 0.0f);  // clamp passes a NaN through
      out[p * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)] =
          std::isnan(value) ? T{0} : static_cast<T>(value * full + 0.5f);
    }
  }
  if (broken) throw Error("the picture has values that are no numbers (NaN); nothing was written");
  return out;
}

std::vector<std::uint8_t> encode_webp(const std::vector<std::uint8_t>& pixels, const Picture& size, int quality) {
  const int channels = size.alpha.empty() ? 3 : 4;
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigPreset(&config, WEBP_PRESET_DEFAULT, static_cast<float>(quality)) || !WebPPictureInit(&picture))
    throw Error("the WebP library is not the one this program was built for; install it again");
  config.thread_level = 1;
  picture.width = size.width;
  picture.height = size.height;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  const auto import = channels == 4 ? WebPPictureImportRGBA : WebPPictureImportRGB;
  const bool fine = import(&picture, pixels.data(), size.width * channels) && WebPEncode(&config, &picture);
  const int code = picture.error_code;
  WebPPictureFree(&picture);
  std::vector<std::uint8_t> file;
  if (fine) file.assign(writer.mem, writer.mem + writer.size);
  WebPMemoryWriterClear(&writer);
  if (!fine) throw Error("the picture could not be made a WebP (error " + std::to_string(code) + " of its library); name it .png");
  return file;
}

}  // namespace

PictureFormat picture_format(const std::string& path) {
  if (path == "-") return PictureFormat::png;
  const std::size_t slash = path.find_last_of('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  const std::size_t dot = path.find_last_of('.');
  std::string extension = dot == std::string::npos || dot < start ? "" : path.substr(dot);
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".jpg" || extension == ".jpeg") return PictureFormat::jpeg;
  if (extension == ".png") return PictureFormat::png;
  if (extension == ".webp") return PictureFormat::webp;
  throw UsageError(path + ": pictures are written as .jpg, .jpeg, .png or .webp; give the name one of these endings");
}

std::vector<std::uint8_t> encode_picture(const Picture& picture, PictureFormat format, const WriteOptions& options) {
  check(picture, format, options);
  if (format == PictureFormat::webp) return encode_webp(pack<std::uint8_t>(picture, false), picture, options.quality);
  if (format == PictureFormat::jpeg) {
    const std::vector<std::uint8_t> rgb = pack<std::uint8_t>(picture, true);
    std::vector<std::uint8_t> file = encode_jpeg_with_stb(rgb.data(), picture.width, picture.height, options.quality);
    if (file.empty()) throw Error("the picture could not be made a JPEG; name it .png");
    return file;
  }
  const int channels = picture.alpha.empty() ? 3 : 4;
  if (options.bits == 16) return encode_png(pack<std::uint16_t>(picture, false).data(), picture.width, picture.height, channels);
  return encode_png(pack<std::uint8_t>(picture, false).data(), picture.width, picture.height, channels);
}

void write_picture(const std::string& path, const Picture& picture, const WriteOptions& options) {
  const PictureFormat format = picture_format(path);
  try {
    write_file_atomically(path, encode_picture(picture, format, options));
  } catch (const FileError&) {
    throw;
  } catch (const UsageError& error) {
    throw UsageError(path + ": " + error.what());
  } catch (const ShapeError& error) {
    throw ShapeError(path + ": " + error.what());
  } catch (const Error& error) {
    throw FileError(path, error.what());
  }
}

}  // namespace impasto
