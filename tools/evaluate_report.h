// The report as one HTML file (tools/page.h): a table of means, plots, and every result beside its photo.
#pragma once
#include <string>
#include <vector>

#include "tools/evaluate_results.h"

namespace impasto {

/// A picture and its maps as JPEG data URIs, no side longer than 480 and 240 pixels.
struct ShownPicture {
  std::string picture;
  std::vector<std::string> maps;
};
ShownPicture shown_picture(const View& view);

/// photos and results: as in the evaluation.
std::string report_page(const Evaluation& evaluation, const std::vector<std::string>& map_titles, const std::vector<ShownPicture>& photos,
                        const std::vector<ShownPicture>& results);

}  // namespace impasto
