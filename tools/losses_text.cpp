#include "tools/losses_text.h"

#include <utility>

#include "tools/progress.h"

namespace impasto {

std::string losses_text(double total, const std::vector<std::string>& names, const std::vector<double>& terms) {
  std::vector<std::pair<std::string, double>> kinds;
  for (size_t i = 0; i < terms.size(); i++) {
    const std::string kind = names[i].substr(0, names[i].find(' '));
    if (kinds.empty() || kinds.back().first != kind) kinds.emplace_back(kind, 0);
    kinds.back().second += terms[i];
  }
  std::string text = "loss " + number_text(total);
  for (size_t i = 0; i < kinds.size(); i++) text += (i == 0 ? " = " : " + ") + kinds[i].first + ' ' + number_text(kinds[i].second);
  return text;
}

}  // namespace impasto
