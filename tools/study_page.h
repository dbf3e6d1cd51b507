// A preference study as one page (tools/page.h): of each photo two results side by side, of which a respondent chooses one; in an order
// and on sides of the respondent's own. It ends in a JSON file of answers (tools/study_answers.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace impasto {

struct Study {
  struct Photo {
    std::string name;
    std::size_t picture;  ///< a place in `pictures`
    std::optional<std::size_t> painting;
    std::vector<std::optional<std::size_t>> results;  ///< one a method
  };
  std::string title, question;
  bool undecided = false;             ///< whether a respondent may have no preference
  std::optional<std::uint32_t> seed;  ///< of every respondent's order and sides; none: the browser draws one for each
  std::optional<std::size_t> count;   ///< of the pairs that a respondent is shown; none: all
  std::vector<std::string> methods;
  std::vector<Photo> photos;
  std::vector<std::string> pictures;  ///< data URIs
};

/// A photo, and two of the methods that have a result of it.
struct StudyPair {
  std::size_t photo, first, second;
};
std::vector<StudyPair> pairs_of(const Study& study);

/// What methods and photos are called, for the answers: JSON in base64, so that no name is to be read on the page or in the answers.
std::string study_key(const Study& study);

std::string study_page(const Study& study);

}  // namespace impasto
