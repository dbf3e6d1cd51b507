#include "loaders/libraries.h"

#include <hdf5.h>
#include <png.h>
#include <webp/decode.h>

namespace impasto {

std::vector<std::string> loader_libraries() {
  const auto dotted = [](unsigned a, unsigned b, unsigned c) { return std::to_string(a) + '.' + std::to_string(b) + '.' + std::to_string(c); };
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  const int webp = WebPGetDecoderVersion();
  return {"HDF5 " + dotted(major, minor, release), std::string("libpng ") + png_get_libpng_ver(nullptr),
          "libwebp " + dotted(webp >> 16 & 0xff, webp >> 8 & 0xff, webp & 0xff), "stb_image (compiled in)"};
}

}  // namespace impasto
