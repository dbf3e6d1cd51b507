#include "tools/evaluate_report.h"

#include <algorithm>

#include "loaders/resize.h"
#include "tools/page.h"

namespace impasto {

extern const char* const evaluate_report_html;
extern const char* const evaluate_report_css;
extern const char* const evaluate_report_js;

namespace {

constexpr int picture_side = 480, map_side = 240;

// Stretched to the picture's aspect, which a map need not have.
Picture as_picture(const Plane& map, const Picture& aspect) {
  Picture picture;
  picture.width = map.width;
  picture.height = map.height;
  for (int c = 0; c < 3; c++) picture.rgb.insert(picture.rgb.end(), map.values.begin(), map.values.end());
  const double scale = double(std::min(map_side, std::max(aspect.width, aspect.height))) / std::max(aspect.width, aspect.height);
  return resize(picture, std::max(1, int(aspect.width * scale)), std::max(1, int(aspect.height * scale)));
}

Json shown_json(const ShownPicture& shown) { return {{"picture", shown.picture}, {"maps", shown.maps}}; }

}  // namespace

ShownPicture shown_picture(const View& view) {
  ShownPicture shown{data_uri(view.picture, picture_side, 85), {}};
  for (const Plane& map : view.maps()) shown.maps.push_back(data_uri(as_picture(map, view.picture), map_side, 80));
  return shown;
}

std::string report_page(const Evaluation& e, const std::vector<std::string>& map_titles, const std::vector<ShownPicture>& photos,
                        const std::vector<ShownPicture>& results) {
  Json data = json_of(e);
  data["maps"] = map_titles;
  for (std::size_t i = 0; i < e.photos.size(); i++) {
    data["photos"].push_back({{"name", e.photos[i].name}, {"shown", shown_json(photos[i])}});
  }
  for (std::size_t i = 0; i < e.results.size(); i++) {
    Json& result = data["results"][i];
    result["photo"] = e.results[i].photo;
    result["label"] = e.results[i].label;
    result["shown"] = shown_json(results[i]);
  }
  return filled_page(evaluate_report_html, evaluate_report_css, evaluate_report_js, data);
}

}  // namespace impasto
