// Words in a picture, in the pixel font of stb_easy_font: no font file is needed.
#pragma once
#include <string>

#include "loaders/picture.h"

namespace impasto {

/// Pixels of a line whose dots are `scale` x `scale` pixels, descenders included.
int label_height(int scale);
int label_width(const std::string& text, int scale);

/// The text cut to fit, with ".." at its end if anything is missing.
std::string fitted_label(const std::string& text, int scale, int width);

/// Draws in one grey with the top left corner at (x, y); what lies outside of the picture is not drawn. What is not ASCII becomes "?".
void draw_label(Picture& picture, const std::string& text, int x, int y, int scale, float grey);

}  // namespace impasto
