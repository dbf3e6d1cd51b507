#include "tools/study_page.h"

#include <algorithm>

#include "loaders/sha256.h"
#include "tools/page.h"

namespace impasto {

extern const char* const study_page_html;
extern const char* const study_page_css;
extern const char* const study_page_js;

namespace {

template <class T>
Json json_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json photo_json(const Study::Photo& photo) {
  Json results = Json::array();
  for (const auto& result : photo.results) results.push_back(json_or_null(result));
  return {{"picture", photo.picture}, {"painting", json_or_null(photo.painting)}, {"results", results}};
}

}  // namespace

std::vector<StudyPair> pairs_of(const Study& study) {
  std::vector<StudyPair> pairs;
  for (std::size_t i = 0; i < study.photos.size(); i++) {
    const auto& results = study.photos[i].results;
    for (std::size_t a = 0; a < results.size(); a++)
      for (std::size_t b = a + 1; b < results.size(); b++)
        if (results[a] && results[b]) pairs.push_back({i, a, b});
  }
  return pairs;
}

std::string study_key(const Study& study) {
  Json photos = Json::array();
  for (const Study::Photo& photo : study.photos) photos.push_back(photo.name);
  return base64(Json{{"methods", study.methods}, {"photos", photos}}.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string study_page(const Study& study) {
  Json photos = Json::array(), pairs = Json::array();
  for (const Study::Photo& photo : study.photos) photos.push_back(photo_json(photo));
  for (const StudyPair& pair : pairs_of(study)) pairs.push_back({{"photo", pair.photo}, {"methods", {pair.first, pair.second}}});
  Json data = {{"key", study_key(study)},
               {"title", study.title},
               {"question", study.question},
               {"undecided", study.undecided},
               {"seed", json_or_null(study.seed)},
               {"count", study.count ? std::min(*study.count, pairs.size()) : pairs.size()},
               {"photos", photos},
               {"pairs", pairs},
               {"pictures", study.pictures}};
  data["study"] = sha256(data.dump(-1, ' ', false, Json::error_handler_t::replace)).substr(0, 16);
  return filled_page(study_page_html, study_page_css, study_page_js, data);
}

}  // namespace impasto
