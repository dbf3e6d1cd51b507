// What respondents of a preference study chose, read from the files that its page saves (tools/study_page.js):
//   {"answers_of": "impasto study", "version": 1, "study", "respondent": 16 hexadecimal digits each, "key": names in base64 (study_key()),
//    "seed": 0..2^32-1, "started", "ended": "2026-01-31T12:34:56.789Z", "answers": [{"photo", "left", "right": numbers of the key's names,
//    "choice": "left", "right" or "none", "milliseconds"}]}
// and whatever else, which is passed over.
#pragma once
#include <string>
#include <vector>

namespace impasto {

struct StudyAnswer {
  std::size_t photo, left, right;  ///< places in `photos` and `methods`
  enum Choice { chose_left, chose_right, chose_none } choice;
  double milliseconds;
};

struct StudySheet {
  std::string file, study, respondent, started, ended;
  std::vector<std::string> methods, photos;
  std::vector<StudyAnswer> answers;
};

/// Whether a method or a photo of a study may be called so: UTF-8 without control characters, of 1 to 1000 bytes.
bool is_study_name(const std::string& name);

/// Throws FileError for a file that is none of answers, is damaged, or is larger than any page writes: above 16 MiB, nested deeper than
/// its form, with names that stand there twice or that no study has, with unknown methods and photos.
StudySheet read_study_answers(const std::string& path);

}  // namespace impasto
