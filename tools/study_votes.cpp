#include "tools/study_votes.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "tools/command.h"
#include "tools/csv_file.h"
#include "tools/progress.h"
#include "tools/text_table.h"

namespace impasto {
namespace {

struct Vote {
  std::size_t first, second, photo, respondent;  // first and second: methods, the one that was named first in front
  int choice;                                    // 0 the first, 1 the second, 2 none
  StudyAnswer answer;
};

// Numbers of names in the order in which they are met.
class Names {
 public:
  std::size_t place(const std::string& name) {
    const auto [at, added] = places_.emplace(name, names.size());
    if (added) names.push_back(name);
    return at->second;
  }
  std::vector<std::string> names;

 private:
  std::map<std::string, std::size_t> places_;
};

class Counter {
 public:
  explicit Counter(StudyVotes& result) : result_(result) {}

  void take(const StudySheet& sheet) {
    const std::size_t person = respondents_.place(sheet.study + sheet.respondent);
    if (person == result_.respondents.size()) result_.respondents.push_back({sheet.study, sheet.respondent, sheet.file});
    for (const std::string& method : sheet.methods) methods_.place(method);
    for (const std::string& photo : sheet.photos) photos_.place(photo);
    std::size_t doubled = 0;
    for (const StudyAnswer& answer : sheet.answers) {
      const std::size_t left = methods_.place(sheet.methods[answer.left]), right = methods_.place(sheet.methods[answer.right]);
      const bool turned = left > right;
      const int choice = answer.choice == StudyAnswer::chose_none ? 2 : int((answer.choice == StudyAnswer::chose_right) != turned);
      const Vote vote{std::min(left, right), std::max(left, right), photos_.place(sheet.photos[answer.photo]), person, choice, answer};
      doubled += !votes_.insert_or_assign({person, vote.photo, vote.first, vote.second}, vote).second;
    }
    if (doubled > 0)
      result_.notices.push_back(sheet.file + ": " + std::to_string(doubled) + " of its answers were given twice by their respondent (" +
                                sheet.respondent + "); they count once, as they were given last");
  }

  void finish() {
    std::map<std::array<std::size_t, 3>, std::vector<Vote>> groups;  // by methods and photo; all photos before the first
    std::map<std::size_t, std::vector<double>> seconds;
    for (const auto& [place, vote] : votes_) {
      groups[{vote.first, vote.second, 0}].push_back(vote);
      groups[{vote.first, vote.second, vote.photo + 1}].push_back(vote);
      seconds[vote.respondent].push_back(vote.answer.milliseconds / 1000);
      note(result_.respondents[vote.respondent], vote.answer);
      note(result_, vote.answer);
    }
    for (auto& [person, values] : seconds) result_.respondents[person].median_seconds = median(values);
    for (const auto& [place, votes] : groups) (place[2] == 0 ? result_.totals : result_.by_photo).push_back(tally(place, votes));
  }

 private:
  template <class T>
  static void note(T& of, const StudyAnswer& answer) {
    of.answers++;
    of.left += answer.choice == StudyAnswer::chose_left;
    of.right += answer.choice == StudyAnswer::chose_right;
  }

  static double median(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
  }

  Tally tally(const std::array<std::size_t, 3>& place, const std::vector<Vote>& votes) const {
    Tally t{methods_.names[place[0]], methods_.names[place[1]], place[2] == 0 ? "" : photos_.names[place[2] - 1]};
    std::map<std::size_t, std::int64_t> more;  // votes for the first less those for the second, by respondent
    for (const Vote& vote : votes) {
      (vote.choice == 0 ? t.for_first : vote.choice == 1 ? t.for_second : t.undecided)++;
      more[vote.respondent] += vote.choice == 0 ? 1 : vote.choice == 1 ? -1 : 0;
    }
    t.respondents = std::int64_t(more.size());
    for (const auto& [person, excess] : more) {
      t.more_for_first += excess > 0;
      t.more_for_second += excess < 0;
    }
    return t;
  }

  StudyVotes& result_;
  Names methods_, photos_, respondents_;
  std::map<std::array<std::size_t, 4>, Vote> votes_;
};

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

std::string table(const std::vector<Tally>& tallies, bool by_photo) {
  std::vector<std::vector<std::string>> columns{{by_photo ? "photo" : "methods"},
                                                {"votes"},
                                                {"no preference"},
                                                {"share of the first (95 %)"},
                                                {"p"},
                                                {"respondents"},
                                                {"more often for"}};
  for (const Tally& t : tallies) {
    const Proportion share = t.share();
    const bool any = t.for_first + t.for_second > 0;
    const std::string cells[] = {(by_photo ? t.photo + ": " : "") + t.first + " / " + t.second,
                                 std::to_string(t.for_first) + " / " + std::to_string(t.for_second),
                                 std::to_string(t.undecided),
                                 any ? percent(share.share) + " (" + percent(share.low) + " to " + percent(share.high) + ')' : "-",
                                 any ? number_text(sign_test(t.for_first, t.for_second)) : "-",
                                 std::to_string(t.respondents),
                                 std::to_string(t.more_for_first) + " / " + std::to_string(t.more_for_second)};
    for (std::size_t c = 0; c < columns.size(); c++) columns[c].push_back(cells[c]);
  }
  return text_table(columns);
}

Json figures_of(const Tally& t) {
  const Proportion share = t.share();
  return {{"votes_for_first", t.for_first},
          {"votes_for_second", t.for_second},
          {"no_preference", t.undecided},
          {"share_of_first", json_number(share.share)},
          {"low", json_number(share.low)},
          {"high", json_number(share.high)},
          {"sign_test_p", sign_test(t.for_first, t.for_second)},
          {"respondents", t.respondents},
          {"respondents_more_for_first", t.more_for_first},
          {"respondents_more_for_second", t.more_for_second},
          {"sign_test_p_of_respondents", sign_test(t.more_for_first, t.more_for_second)}};
}

Json json_of(const Tally& t) {
  Json json = {{"first", t.first}, {"second", t.second}};
  if (!t.photo.empty()) json["photo"] = t.photo;
  json.update(figures_of(t));
  return json;
}

Json json_of(const Respondent& r) {
  return {{"respondent", r.name},
          {"study", r.study},
          {"file", r.file},
          {"answers", r.answers},
          {"left", r.left},
          {"right", r.right},
          {"median_seconds", r.median_seconds}};
}

template <class T>
Json json_list(const std::vector<T>& list) {
  Json json = Json::array();
  for (const T& each : list) json.push_back(json_of(each));
  return json;
}

}  // namespace

StudyVotes count_votes(std::vector<StudySheet> sheets) {
  std::stable_sort(sheets.begin(), sheets.end(), [](const StudySheet& a, const StudySheet& b) { return a.ended < b.ended; });
  StudyVotes votes;
  Counter counter(votes);
  for (const StudySheet& sheet : sheets) counter.take(sheet);
  counter.finish();
  return votes;
}

std::string text_of(const StudyVotes& v) {
  return table(v.totals, false) + '\n' + table(v.by_photo, true) + '\n' + std::to_string(v.answers) + " answers of " +
         std::to_string(v.respondents.size()) + " respondents; the left picture was chosen " + std::to_string(v.left) +
         " times, the right one " + std::to_string(v.right) + " times\n";
}

std::string csv_of(const StudyVotes& v) {
  std::string csv = "first,second,photo";
  const Json columns = figures_of({});
  for (const auto& [name, value] : columns.items()) csv += ',' + name;
  for (const auto* tallies : {&v.totals, &v.by_photo})
    for (const Tally& t : *tallies) {
      csv += '\n' + csv_field(t.first) + ',' + csv_field(t.second) + ',' + csv_field(t.photo);
      const Json figures = figures_of(t);
      for (const auto& [name, value] : figures.items()) csv += ',' + (value.is_null() ? "" : csv_number(value.get<double>()));
    }
  return csv + '\n';
}

Json json_of(const StudyVotes& v) {
  return {{"impasto", program_version},
          {"interval", "Wilson, 95 %, of the votes that preferred one"},
          {"pairs", json_list(v.totals)},
          {"photos", json_list(v.by_photo)},
          {"respondents", json_list(v.respondents)},
          {"answers", v.answers},
          {"left", v.left},
          {"right", v.right},
          {"notices", v.notices}};
}

}  // namespace impasto
