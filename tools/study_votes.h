// The votes of a preference study, counted by pair of methods and by photo.
#pragma once
#include <string>
#include <vector>

#include "tools/json_file.h"
#include "tools/proportion.h"
#include "tools/study_answers.h"

namespace impasto {

/// Of two methods, on one photo or on all of them.
struct Tally {
  std::string first, second, photo;  ///< photo: "" for all
  std::int64_t for_first = 0, for_second = 0, undecided = 0;
  std::int64_t respondents = 0, more_for_first = 0, more_for_second = 0;  ///< those who chose the first more often than the second, or less
  Proportion share() const { return wilson(for_first, for_first + for_second); }
};

struct Respondent {
  std::string study, name, file;
  std::int64_t answers = 0, left = 0, right = 0;
  double median_seconds = 0;
};

struct StudyVotes {
  std::vector<Tally> totals, by_photo;
  std::vector<Respondent> respondents;
  std::vector<std::string> notices;  ///< answers that came twice, a line a file
  std::int64_t answers = 0, left = 0, right = 0;
};

/// A pair that a respondent answered several times counts once, as in the file that was ended last. Sheets of several studies are counted
/// together, methods and photos by their names.
StudyVotes count_votes(std::vector<StudySheet> sheets);

/// For standard output.
std::string text_of(const StudyVotes& votes);
/// A line each pair of methods, photo "", and behind them one each pair and photo.
std::string csv_of(const StudyVotes& votes);
Json json_of(const StudyVotes& votes);

}  // namespace impasto
