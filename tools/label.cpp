#include "tools/label.h"

#include <algorithm>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include <stb/stb_easy_font.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace impasto {
namespace {

constexpr int line_of_dots = 12;

/// One byte a character, and none that the font lacks: it looks up whatever it is given.
std::string drawable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continues = (byte & 0xC0) == 0x80;  // of a UTF-8 character
    if (!continues) out += byte >= 32 && byte < 127 ? c : '?';
  }
  return out;
}

struct Corner {  // as the font writes it
  float x, y, z;
  unsigned char colour[4];
};

void fill(Picture& picture, int left, int top, int right, int bottom, float grey) {
  for (int y = std::max(top, 0); y < std::min(bottom, picture.height); ++y)
    for (int x = std::max(left, 0); x < std::min(right, picture.width); ++x)
      for (std::size_t c = 0; c < 3; ++c)
        picture.rgb[c * picture.pixels() + static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                    static_cast<std::size_t>(x)] = grey;
}

}  // namespace

int label_height(int scale) { return line_of_dots * scale; }

int label_width(const std::string& text, int scale) {
  std::string line = drawable(text);
  return stb_easy_font_width(line.data()) * scale;
}

std::string fitted_label(const std::string& text, int scale, int width) {
  std::string line = drawable(text);
  if (label_width(line, scale) <= width) return line;
  while (!line.empty() && label_width(line + "..", scale) > width) line.pop_back();
  return line + "..";
}

void draw_label(Picture& picture, const std::string& text, int x, int y, int scale, float grey) {
  std::string line = drawable(text);
  std::vector<Corner> corners(line.size() * 4 * 32);  // no letter has as many strokes
  const int strokes = stb_easy_font_print(0, 0, line.data(), nullptr, corners.data(), static_cast<int>(corners.size() * sizeof(Corner)));
  for (int s = 0; s < strokes; ++s) {
    const Corner &first = corners[static_cast<std::size_t>(4 * s)], &opposite = corners[static_cast<std::size_t>(4 * s + 2)];
    fill(picture, x + int(first.x) * scale, y + int(first.y) * scale, x + int(opposite.x) * scale, y + int(opposite.y) * scale, grey);
  }
}

}  // namespace impasto
