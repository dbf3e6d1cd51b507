// Drawn textures as styles to learn from.
#pragma once
#include <cstdint>
#include <string>

namespace impasto {

struct TexturesOptions {
  std::string out;
  int count = 1000, size = 256;
  uint64_t seed = 0;
};

/// Writes OUT/texture_000000.jpg and so on (tools/texture_picture.h). Texture i depends on the seed and i alone; those that are there already
/// are left, so that the same command goes on where it was. Throws Error when the user interrupts, FileError.
void make_textures(const TexturesOptions& options);

}  // namespace impasto
