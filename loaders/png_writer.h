// PNG by libpng, which, unlike stb, can write 16 bits.
#pragma once
#include <cstdint>
#include <vector>

namespace impasto {

/// pixels: [height, width, channels], channels 1 (grey), 3 or 4 (the last is alpha). 8 or 16 bits by the type. Throws Error.
std::vector<std::uint8_t> encode_png(const std::uint8_t* pixels, int width, int height, int channels);
std::vector<std::uint8_t> encode_png(const std::uint16_t* pixels, int width, int height, int channels);

}  // namespace impasto
