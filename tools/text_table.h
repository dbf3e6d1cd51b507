#pragma once
#include <string>
#include <vector>

namespace impasto {

/// Columns of equally many cells as lines for a terminal: the first column's cells begin below each other, the others' end so.
std::string text_table(const std::vector<std::vector<std::string>>& columns);

}  // namespace impasto
