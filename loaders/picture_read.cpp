// Bytes in, planes of floats out: header check, limits, decoder, then one pass that turns, separates and scales.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <webp/decode.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <new>

#include "engine/error.h"
#include "loaders/exif.h"
#include "loaders/picture.h"
#include "loaders/picture_header.h"
#include "loaders/reduced_picture.h"
#include "loaders/stb.h"

namespace impasto {
namespace {

constexpr std::int64_t longest_side = 65535;

struct Descriptor {
  int number;
  bool ours;
  ~Descriptor() {
    if (ours) ::close(number);
  }
};

[[noreturn]] void refuse_open(const std::string& path, int reason) {
  if (reason == ENOENT) throw FileError(path, "there is no such file; check the name");
  if (reason == EACCES) throw FileError(path, "it may not be read; check its permissions");
  throw FileError(path, "it cannot be read (" + std::string(std::strerror(reason)) + ")");
}

/// The whole file. A stream is refused after its first bytes if they are no picture's, before the rest is waited for.
std::vector<std::uint8_t> read_bytes(const std::string& path, const std::string& name, const PictureLimits& limits) {
  const bool standard = path == "-";
  const Descriptor file{standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC), !standard};
  if (file.number < 0) refuse_open(name, errno);
  struct stat status;
  if (::fstat(file.number, &status) != 0) refuse_open(name, errno);
  if (S_ISDIR(status.st_mode)) throw FileError(name, "a folder, not a picture; name a picture in it");

  constexpr std::size_t sniffed = 32, step = std::size_t{1} << 16;
  std::vector<std::uint8_t> bytes;
  if (S_ISREG(status.st_mode)) bytes.reserve(std::min(static_cast<std::size_t>(status.st_size), limits.bytes) + step);
  bool known = false;
  for (;;) {
    const std::size_t had = bytes.size();
    bytes.resize(had + step);
    const ssize_t got = ::read(file.number, bytes.data() + had, step);
    const int reason = errno;
    bytes.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && reason == EINTR) continue;
    if (got < 0) refuse_open(name, reason);
    if (!known && (bytes.size() >= sniffed || got == 0)) {
      sniff_picture(bytes, name);
      known = true;
    }
    if (got == 0) return bytes;
    if (bytes.size() > limits.bytes)
      throw FileError(name, "larger than " + std::to_string(limits.bytes >> 20) + " MB, the most that is read; save it smaller");
  }
}

void check_limits(const PictureHeader& header, const std::string& name, const PictureLimits& limits) {
  const std::string size = std::to_string(header.width) + "x" + std::to_string(header.height);
  if (std::max(header.width, header.height) > longest_side)
    throw FileError(name, size + " pixels, the longest side that is read is " + std::to_string(longest_side) + "; shrink it first");
  if (header.width * header.height > limits.pixels)
    throw FileError(name, size + " pixels are " + std::to_string(header.width * header.height / 1'000'000) + " megapixels, the limit is " +
                              std::to_string(limits.pixels / 1'000'000) + "; shrink it first");
}

/// Where the stored pixel (x, y) goes in the upright plane: origin + x * dx + y * dy.
struct Placement {
  std::ptrdiff_t origin, dx, dy;
};

Placement place(int orientation, std::ptrdiff_t w, std::ptrdiff_t h) {
  switch (orientation) {
    case 2:
      return {w - 1, -1, w};  // mirrored left to right
    case 3:
      return {w * h - 1, -1, -w};  // upside down
    case 4:
      return {w * (h - 1), 1, -w};  // mirrored top to bottom
    case 5:
      return {0, h, 1};  // mirrored in the main diagonal
    case 6:
      return {h - 1, h, -1};  // to be turned clockwise
    case 7:
      return {w * h - 1, -h, -1};  // mirrored in the other diagonal
    case 8:
      return {h * (w - 1), -h, 1};  // to be turned anticlockwise
    default:
      return {0, 1, w};
  }
}

template <class T>
void unpack(const T* stored, int w, int h, int channels, int orientation, Picture& out) {
  const bool turned = orientation >= 5;
  out.width = turned ? h : w;
  out.height = turned ? w : h;
  out.rgb.resize(3 * out.pixels());
  const bool alpha = channels == 2 || channels == 4;
  if (alpha) out.alpha.resize(out.pixels());
  const int colours = alpha ? channels - 1 : channels;
  constexpr float full = sizeof(T) == 2 ? 65535.0f : 255.0f;
  const Placement to = place(orientation, w, h);
  float* const planes[3] = {out.rgb.data(), out.rgb.data() + out.pixels(), out.rgb.data() + 2 * out.pixels()};
  float* const transparency = out.alpha.data();
#pragma omp parallel for schedule(static)
  for (int y = 0; y < h; ++y) {
    const T* in = stored + static_cast<std::size_t>(y) * w * channels;
    for (int c = 0; c < 3; ++c) {
      const int source = colours == 3 ? c : 0;
      float* plane = planes[c] + to.origin + y * to.dy;
      for (int x = 0; x < w; ++x) plane[x * to.dx] = static_cast<float>(in[x * channels + source]) / full;
    }
    if (!alpha) continue;
    float* plane = transparency + to.origin + y * to.dy;
    for (int x = 0; x < w; ++x) plane[x * to.dx] = static_cast<float>(in[x * channels + colours]) / full;
  }
}

/// Means of factor x factor stored pixels, which take the front of the same memory.
template <class T>
void reduce(T* stored, int& w, int& h, int channels, int factor) {
  const int from = w, block = factor * factor;
  w /= factor;
  h /= factor;
  T* out = stored;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      for (int c = 0; c < channels; ++c) {
        const T* in = stored + (static_cast<std::size_t>(y) * factor * from + static_cast<std::size_t>(x) * factor) * channels + c;
        int sum = block / 2;
        for (int row = 0; row < factor; ++row)
          for (int column = 0; column < factor; ++column) sum += in[(static_cast<std::size_t>(row) * from + column) * channels];
        *out++ = static_cast<T>(sum / block);
      }
}

/// The largest of 1, 2, 4 and 8 that leaves the shorter side `least` pixels; 1 if that is 0.
int reduction(int w, int h, int least) {
  int factor = 1;
  while (least > 0 && factor < 8 && std::min(w, h) / (2 * factor) >= least) factor *= 2;
  return factor;
}

template <class T>
void finish(T* stored, int w, int h, int channels, int orientation, int least_side, Picture& out) {
  if (const int factor = reduction(w, h, least_side); factor > 1) reduce(stored, w, h, channels, factor);
  unpack(stored, w, h, channels, orientation, out);
}

void decode_stb(Bytes file, const std::string& name, const PictureHeader& header, int orientation, int least_side, Picture& out) {
  // Twice four channels, and room for whole 32 x 32 blocks at the edges: enough for any honest file of this size.
  const std::size_t samples = 4 * static_cast<std::size_t>(header.width + 64) * static_cast<std::size_t>(header.height + 64);
  const std::size_t block = std::max(2 * samples * static_cast<std::size_t>(header.bits / 8), 2 * file.size()) + (std::size_t{1} << 20);
  const Decoded decoded = decode_with_stb(file, header.bits, block);
  if (decoded.out_of_memory) throw std::bad_alloc();
  if (!decoded.pixels) refuse_damaged(name, decoded.problem);
  if (decoded.width != header.width || decoded.height != header.height) refuse_damaged(name, "it holds two sizes");
  if (header.bits == 16)
    finish(static_cast<std::uint16_t*>(decoded.pixels.get()), decoded.width, decoded.height, decoded.channels, orientation, least_side,
           out);
  else
    finish(static_cast<std::uint8_t*>(decoded.pixels.get()), decoded.width, decoded.height, decoded.channels, orientation, least_side, out);
}

void decode_webp(Bytes file, const std::string& name, const PictureHeader& header, int orientation, int least_side, Picture& out) {
  const int w = static_cast<int>(header.width), h = static_cast<int>(header.height), channels = header.alpha ? 4 : 3;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(w) * h * channels);
  const auto decode = header.alpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  if (!decode(file.data(), file.size(), pixels.data(), pixels.size(), w * channels)) refuse_damaged(name, "unreadable WebP data");
  finish(pixels.data(), w, h, channels, orientation, least_side, out);
}

Picture decode(Bytes file, const std::string& name, const PictureLimits& limits, int least_side) {
  if (file.size() > std::min<std::size_t>(limits.bytes, std::size_t{1} << 30))  // the decoders count in int
    throw FileError(name, "larger than " + std::to_string(limits.bytes >> 20) + " MB, the most that is read; save it smaller");
  const PictureHeader header = read_picture_header(file, name);
  check_limits(header, name, limits);
  try {
    Picture out;
    out.grey = header.grey;
    out.bits = header.bits;
    const int orientation = exif_orientation(header.exif);
    if (header.format == PictureFormat::webp)
      decode_webp(file, name, header, orientation, least_side, out);
    else
      decode_stb(file, name, header, orientation, least_side, out);
    return out;
  } catch (const std::bad_alloc&) {
    const std::int64_t megabytes = header.width * header.height * (3 * 4 + 8) / 1'000'000;
    throw MemoryError(name + ": reading " + std::to_string(header.width) + "x" + std::to_string(header.height) + " pixels needs about " +
                      std::to_string(megabytes) + " MB, which are not free; shrink it first");
  }
}

}  // namespace

Picture decode_picture(Bytes file, const std::string& name, const PictureLimits& limits) { return decode(file, name, limits, 0); }

Picture read_picture(const std::string& path, const PictureLimits& limits) {
  const std::string name = path == "-" ? "standard input" : path;
  return decode(read_bytes(path, name, limits), name, limits, 0);
}

Picture read_reduced_picture(const std::string& path, int least_side) {
  const PictureLimits limits;
  return decode(read_bytes(path, path, limits), path, limits, least_side);
}

}  // namespace impasto
