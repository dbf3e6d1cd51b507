// Drawn scenes with their depth, to teach networks from.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace impasto {

struct ScenesOptions {
  std::string out, textures;  ///< textures: a folder of photographs, or ""
  int count = 1000, width = 320, height = 240, samples = 4;
  uint64_t seed = 0;
  std::vector<std::string> kinds{"room", "room", "heap", "heap", "street", "landscape", "portrait"};  ///< one of these each
};

/// Writes OUT/000000_rgb.jpg and OUT/000000_disp.png (16 bits; the nearest place is 1, the sky 0.00002, and half as much is twice as far),
/// and so on. Scene i depends on the seed, i and the photographs alone; pairs that are there already are left, so that the same command
/// goes on where it was. Throws UsageError for kinds, Error when the user interrupts, FileError.
void make_scenes(const ScenesOptions& options);

}  // namespace impasto
