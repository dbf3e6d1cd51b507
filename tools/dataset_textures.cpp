#include "tools/dataset_textures.h"

#include <filesystem>
#include <iostream>

#include "tools/drawn_set.h"
#include "tools/texture_picture.h"

namespace impasto {

void make_textures(const TexturesOptions& o) {
  namespace fs = std::filesystem;
  const auto name = [&](int i) { return (fs::path(o.out) / ("texture_" + six_digits(i) + ".jpg")).string(); };
  draw_missing(
      o.out, o.count, "textures", [&](int i) { return fs::exists(name(i)); },
      [&](int i) { write_picture(name(i), texture_picture(o.seed * 0x9E3779B97F4A7C15u + uint64_t(i), o.size)); });
  std::cout << o.out << ": " << o.count << " textures of " << o.size << 'x' << o.size << '\n';
}

}  // namespace impasto
