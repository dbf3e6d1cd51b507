// The report as one HTML file: a table of means, plots, and every result beside its photo. The page (evaluate_report.html, .css, .js)
// fetches nothing; what it shows stands in it as JSON, pictures as data URIs.
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

/// RFC 4648.
std::string base64(const std::vector<std::uint8_t>& bytes);

}  // namespace impasto
