#include "tools/text_table.h"

#include <algorithm>

namespace impasto {

std::string text_table(const std::vector<std::vector<std::string>>& columns) {
  std::vector<std::string> lines(columns[0].size());
  for (std::size_t c = 0; c < columns.size(); c++) {
    std::size_t width = 0;
    for (const std::string& cell : columns[c]) width = std::max(width, cell.size());
    for (std::size_t i = 0; i < lines.size(); i++) {
      const std::string space(width - columns[c][i].size(), ' ');
      lines[i] += c == 0 ? columns[c][i] + space : "  " + space + columns[c][i];
    }
  }
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

}  // namespace impasto
