#include "tools/evaluate_report.h"

#include <algorithm>

#include "loaders/resize.h"

namespace impasto {

extern const char* const evaluate_report_html;
extern const char* const evaluate_report_css;
extern const char* const evaluate_report_js;

namespace {

constexpr int picture_side = 480, map_side = 240;

std::string data_uri(const Picture& picture, int longest, int quality) {
  const Picture small = resize_longest(picture, std::min(longest, std::max(picture.width, picture.height)));
  return "data:image/jpeg;base64," + base64(encode_picture(small, PictureFormat::jpeg, {.quality = quality}));
}

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

// Inside a script element nothing may look like its end.
std::string safe_json(const Json& json) {
  std::string safe;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) safe += c == '<' ? "\\u003c" : std::string(1, c);
  return safe;
}

void put(std::string& page, const std::string& mark, const std::string& text) { page.replace(page.find(mark), mark.size(), text); }

}  // namespace

std::string base64(const std::vector<std::uint8_t>& bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const unsigned word = unsigned(bytes[i]) << 16 | (left > 1 ? unsigned(bytes[i + 1]) << 8 : 0) | (left > 2 ? unsigned(bytes[i + 2]) : 0);
    text += {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=', left > 2 ? digits[word & 63] : '='};
  }
  return text;
}

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
  std::string page = evaluate_report_html;
  put(page, "{{style}}", evaluate_report_css);
  put(page, "{{script}}", evaluate_report_js);
  put(page, "{{data}}", safe_json(data));
  return page;
}

}  // namespace impasto
