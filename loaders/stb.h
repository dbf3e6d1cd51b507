// JPEG and PNG through the stb headers, which only stb.cpp includes: their code takes seconds to compile.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "loaders/bytes.h"

namespace impasto {

struct Decoded {
  struct Free {
    void operator()(void* pixels) const { std::free(pixels); }
  };
  std::unique_ptr<void, Free> pixels;  ///< [height, width, channels] of uint8 or, if 16 bits were asked for, uint16; null: failed
  int width = 0;
  int height = 0;
  int channels = 0;     ///< 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha
  std::string problem;  ///< why pixels is null
  bool out_of_memory = false;
};

/// Decodes a file whose header has been checked. No single allocation is larger than `largest_block` bytes, so that data
/// which unpack to more than the header promised fail instead of filling the memory.
Decoded decode_with_stb(Bytes file, int bits, std::size_t largest_block);

/// rgb: [height, width, 3]. Empty if it failed.
std::vector<std::uint8_t> encode_jpeg_with_stb(const std::uint8_t* rgb, int width, int height, int quality);

}  // namespace impasto
