#include "tools/sheet.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "tools/label.h"

namespace impasto {
namespace {

constexpr float ink = 0.15f;
constexpr int gap_to_label = 4;

/// Pixels of everything but the pictures; larger pictures get larger letters.
struct Layout {
  std::vector<int> widths, heights, label_heights;  // of columns and rows
  int scale = 1, margin = 0;

  explicit Layout(const std::vector<std::vector<Tile>>& rows) {
    for (const auto& row : rows) {
      widths.resize(std::max(widths.size(), row.size()), 1);
      heights.push_back(1);
      for (size_t k = 0; k < row.size(); k++) {
        widths[k] = std::max(widths[k], row[k].picture.width);
        heights.back() = std::max(heights.back(), row[k].picture.height);
      }
    }
    if (widths.empty()) throw UsageError("a sheet needs at least one picture");
    const int widest = *std::max_element(widths.begin(), widths.end());
    scale = std::max(1, widest / 120);
    margin = std::max(4, widest / 24);
    for (const auto& row : rows) {
      const bool labelled = std::any_of(row.begin(), row.end(), [](const Tile& tile) { return !tile.label.empty(); });
      label_heights.push_back(labelled ? label_height(scale) + gap_to_label * scale : 0);
    }
  }
  int width() const { return sum(widths) + margin * (int(widths.size()) + 1); }
  int height() const { return sum(heights) + sum(label_heights) + margin * (int(heights.size()) + 1); }

 private:
  static int sum(const std::vector<int>& sizes) {
    int all = 0;
    for (const int size : sizes) all += size;
    return all;
  }
};

void place(Picture& onto, const Picture& tile, int left, int top) {
  for (size_t c = 0; c < 3; c++)
    for (int y = 0; y < tile.height; y++)
      for (int x = 0; x < tile.width; x++) {
        const size_t from = size_t(y) * size_t(tile.width) + size_t(x);
        const float alpha = tile.alpha.empty() ? 1 : tile.alpha[from];
        onto.rgb[c * onto.pixels() + size_t(top + y) * size_t(onto.width) + size_t(left + x)] =
            1 - alpha * (1 - tile.rgb[c * tile.pixels() + from]);
      }
}

}  // namespace

Picture sheet(const std::vector<std::vector<Tile>>& rows, LabelPlace where) {
  const Layout layout(rows);
  Picture out;
  out.width = layout.width();
  out.height = layout.height();
  out.rgb.assign(3 * out.pixels(), 1.0f);
  int top = layout.margin;
  for (size_t r = 0; r < rows.size(); r++) {
    const int above = where == LabelPlace::above ? layout.label_heights[r] : 0;
    int left = layout.margin;
    for (size_t k = 0; k < rows[r].size(); k++) {
      const Tile& tile = rows[r][k];
      const int width = layout.widths[k];
      place(out, tile.picture, left + (width - tile.picture.width) / 2, top + above + (layout.heights[r] - tile.picture.height) / 2);
      const std::string label = fitted_label(tile.label, layout.scale, width);
      const int under = above ? 0 : layout.heights[r] + gap_to_label * layout.scale;
      draw_label(out, label, left + (width - label_width(label, layout.scale)) / 2, top + under, layout.scale, ink);
      left += width + layout.margin;
    }
    top += layout.heights[r] + layout.label_heights[r] + layout.margin;
  }
  return out;
}

std::vector<std::vector<Tile>> in_rows(std::vector<Tile> tiles) {
  std::vector<std::vector<Tile>> rows;
  if (tiles.empty()) return rows;
  const Picture& first = tiles.front().picture;
  const double wanted = std::sqrt(1.5 * double(tiles.size()) * first.height / std::max(1, first.width));
  const size_t columns = std::clamp(size_t(std::lround(wanted)), size_t(1), tiles.size());
  for (size_t k = 0; k < tiles.size(); k++) {
    if (k % columns == 0) rows.emplace_back();
    rows.back().push_back(std::move(tiles[k]));
  }
  return rows;
}

}  // namespace impasto
