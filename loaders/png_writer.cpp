// libpng leaves by longjmp, which must not cross an object with a destructor: the frame that calls it holds plain values
// only, and the callbacks catch what they throw.
#include "loaders/png_writer.h"

#include <png.h>
#include <zlib.h>

#include <bit>
#include <csetjmp>
#include <cstddef>
#include <string>
#include <utility>

#include "engine/error.h"

namespace impasto {
namespace {

struct Sink {
  std::vector<std::uint8_t> file;
  std::string problem;
};

void append(png_structp png, png_bytep bytes, std::size_t size) {
  bool full = false;
  try {
    auto& file = static_cast<Sink*>(png_get_io_ptr(png))->file;
    file.insert(file.end(), bytes, bytes + size);
  } catch (...) {
    full = true;
  }
  if (full) png_error(png, "out of memory");
}

void nothing_to_flush(png_structp) {}

[[noreturn]] void fail(png_structp png, png_const_charp message) {
  try {
    static_cast<Sink*>(png_get_error_ptr(png))->problem = message;
  } catch (...) {
  }
  png_longjmp(png, 1);
}

void stay_silent(png_structp, png_const_charp) {}

bool write(png_structp png, png_infop info, Sink* sink, const std::uint8_t* pixels, int width, int height, int channels, int bits) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_write_fn(png, sink, append, nothing_to_flush);
  png_set_user_limits(png, 1'000'000, 1'000'000);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), bits,
               channels == 1   ? PNG_COLOR_TYPE_GRAY
               : channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA
                               : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  // Behind PNG's filters pictures hold few repeats worth searching for: run lengths alone give files a tenth smaller than zlib's
  // default, in a sixth of the time; nor is a choice of filters worth its time.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
  png_set_compression_strategy(png, Z_RLE);
  png_write_info(png, info);
  if (bits == 16 && std::endian::native == std::endian::little) png_set_swap(png);
  const std::size_t row = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels * bits / 8);
  for (int y = 0; y < height; ++y) png_write_row(png, pixels + static_cast<std::size_t>(y) * row);
  png_write_end(png, info);
  return true;
}

std::vector<std::uint8_t> encode(const void* pixels, int width, int height, int channels, int bits) {
  Sink sink;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, fail, stay_silent);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  const bool fine = info && write(png, info, &sink, static_cast<const std::uint8_t*>(pixels), width, height, channels, bits);
  png_destroy_write_struct(&png, &info);
  if (!fine) throw Error("the picture could not be made a PNG (" + (sink.problem.empty() ? "out of memory" : sink.problem) + ")");
  return std::move(sink.file);
}

}  // namespace

std::vector<std::uint8_t> encode_png(const std::uint8_t* pixels, int width, int height, int channels) {
  return encode(pixels, width, height, channels, 8);
}

std::vector<std::uint8_t> encode_png(const std::uint16_t* pixels, int width, int height, int channels) {
  return encode(pixels, width, height, channels, 16);
}

}  // namespace impasto
