// Pictures side by side on white, with words.
#pragma once
#include <string>
#include <vector>

#include "loaders/picture.h"

namespace impasto {

struct Tile {
  Picture picture;
  std::string label;  // "": none
};

enum class LabelPlace { above, below };

/// Rows of tiles: columns are as wide as their widest picture, rows as high as their highest one and, if any tile of the row has one, a
/// label; pictures stand in the middle of their cells, transparent ones on white. A label too long for its column is cut.
/// Throws UsageError if there is no tile.
Picture sheet(const std::vector<std::vector<Tile>>& rows, LabelPlace place);

/// The tiles in rows of equal length, so many that the sheet comes out about 3 : 2.
std::vector<std::vector<Tile>> in_rows(std::vector<Tile> tiles);

}  // namespace impasto
