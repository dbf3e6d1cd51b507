// Losses over the steps of a training, as a picture for any browser.
#pragma once
#include <string>

#include "loaders/checkpoint.h"

namespace impasto {

/// SVG: the total and each kind of term (content, style, ...) as lines over the step, logarithmic upwards, averaged where there are more
/// rows than pixels; validation totals as dots. Tables begin with the columns "step" and "total". Throws FileError.
void write_curve(const std::string& path, const std::string& title, const LossTable& history, const LossTable& validation);

}  // namespace impasto
