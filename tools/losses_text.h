#pragma once
#include <string>
#include <vector>

namespace impasto {

/// "loss 812 = content 401 + style 398 + tv 13": terms are added up by the first word of their names.
std::string losses_text(double total, const std::vector<std::string>& names, const std::vector<double>& terms);

}  // namespace impasto
