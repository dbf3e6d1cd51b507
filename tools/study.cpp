// impasto study: which of several methods' pictures people like more. A page that asks, and the count of what was answered.
#include <cctype>
#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/page.h"
#include "tools/prepare.h"
#include "tools/progress.h"
#include "tools/result_list.h"
#include "tools/result_picture.h"
#include "tools/study_page.h"
#include "tools/study_votes.h"

namespace impasto {
namespace {

struct StudyOptions {
  std::string photos;
  std::vector<std::string> results, paintings;
  std::string out, title = "A comparison of pictures", question = "Which do you like more?";
  std::optional<std::uint32_t> seed;
  std::optional<std::size_t> count;
  int size = 800;
  bool undecided = false;
};

constexpr int jpeg_quality = 92;  // colour at full resolution, and no blocks to tell methods apart by

Bytes bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// The paintings of the photos, FILE or FOLDER=FILE.
class Paintings {
 public:
  Paintings(const std::vector<std::string>& texts, const std::vector<ResultList::Photo>& photos) {
    for (const std::string& text : texts) {
      const std::size_t sign = text.find('=');
      const std::string folder = sign == text.npos ? "" : text.substr(0, sign);
      const bool named = std::any_of(photos.begin(), photos.end(), [&](const auto& photo) { return lies_in(photo.name, folder); });
      const std::string file = named && !folder.empty() ? text.substr(sign + 1) : text;
      if (!files_.emplace(named ? folder : "", file).second)
        throw UsageError("--painting " + text + ": there is one already for these photos; write FOLDER=FILE, with a folder of the photos'");
    }
  }
  /// "" if there is none.
  std::string of(const std::string& photo) const {
    std::string found;
    for (const auto& [folder, file] : files_)  // deeper folders come behind those in which they lie
      if (lies_in(photo, folder)) found = file;
    return found;
  }

 private:
  static bool lies_in(const std::string& photo, const std::string& folder) { return folder.empty() || photo.starts_with(folder + '/'); }
  std::map<std::string, std::string> files_;
};

/// Pictures of a page, each once however often it is shown.
class Pictures {
 public:
  explicit Pictures(Study& study) : study_(study) {}
  std::size_t add(const Picture& picture, int longest) {
    const std::string uri = data_uri(picture, longest, jpeg_quality);
    const auto [at, added] = places_.emplace(uri, study_.pictures.size());
    if (added) study_.pictures.push_back(uri);
    return at->second;
  }

 private:
  Study& study_;
  std::map<std::string, std::size_t> places_;
};

void check_names(const ResultList& list) {
  if (list.labels.size() < 2)
    throw UsageError("a study compares two methods or more; name their folders as METHOD=FOLDER behind the photos");
  for (const auto& label : list.labels)
    if (!is_study_name(label.name)) throw UsageError(label.folder + " has a label that answers cannot hold; write METHOD=FOLDER");
  for (const auto& photo : list.photos)
    if (!is_study_name(photo.name)) throw UsageError(photo.file + " has a name that answers cannot hold; rename it, and its results");
}

bool says(const std::string& text, const std::string& name) {
  const auto lower = [](std::string s) {
    for (char& c : s) c = char(std::tolower(static_cast<unsigned char>(c)));
    return s;
  };
  const std::string where = lower(text), what = lower(name);
  const auto letter = [&](std::size_t at) { return at < where.size() && std::isalnum(static_cast<unsigned char>(where[at])); };
  for (std::size_t at = 0; (at = where.find(what, at)) != where.npos; at++)
    if (!(at > 0 && letter(at - 1)) && !letter(at + what.size())) return true;
  return false;
}

std::vector<std::string> notices_of(const StudyOptions& o, const ResultList& list) {
  std::vector<std::string> notices = list.missing;
  for (const auto& label : list.labels)
    if (says(o.title, label.name) || says(o.question, label.name))
      notices.push_back("the title or the question names " + label.name + ", which respondents will read");
  return notices;
}

Study read_study(const StudyOptions& o, const ResultList& list) {
  Study study{o.title, o.question, o.undecided, o.seed, o.count, {}, {}, {}};
  for (const auto& label : list.labels) study.methods.push_back(label.name);
  const Paintings paintings(o.paintings, list.photos);
  Pictures pictures(study);
  const Interrupt interrupt;
  Progress progress{int(list.photos.size())};
  int done = 0;
  for (const ResultList::Photo& from : list.photos) {
    if (interrupt.wanted()) throw Error("interrupted after " + std::to_string(done) + " photos; nothing was written");
    progress.show(++done, from.file);
    if (from.count() < 2) continue;
    const Picture photo = sized(read_picture(from.file), o.size);
    Study::Photo shown{from.name, pictures.add(photo, o.size), {}, {}};
    if (const std::string painting = paintings.of(from.name); !painting.empty())
      shown.painting = pictures.add(read_picture(painting), o.size);
    for (const std::string& file : from.results) {
      shown.results.emplace_back();
      if (!file.empty()) shown.results.back() = pictures.add(at_size_of(photo, from.file, read_picture(file), file), o.size);
    }
    study.photos.push_back(std::move(shown));
  }
  progress.end();
  if (study.photos.empty())
    throw UsageError("there is no photo of which two methods have a result; results are found by the photos' names");
  return study;
}

void make_study(const StudyOptions& o) {
  if (o.photos.empty()) throw UsageError("PHOTOS is required (--help lists what there is)");
  std::vector<std::string> words{o.photos};
  words.insert(words.end(), o.results.begin(), o.results.end());
  const ResultList list = result_list(words, o.out);
  check_names(list);
  make_folder(o.out);
  const std::string file = o.out + "/study.html";
  check_writable(file);
  print_missing(notices_of(o, list), "");
  const Study study = read_study(o, list);
  const std::string page = study_page(study);
  write_file_atomically(file, bytes_of(page));
  std::cout << file << ": " << pairs_of(study).size() << " pairs of " << study.methods.size() << " methods on " << study.photos.size()
            << " photos, " << number_text(double(page.size()) / 1e6) << " MB\n";
}

struct ResultsOptions {
  std::vector<std::string> answers;
  std::string csv, json;
};

void count_results(const ResultsOptions& o) {
  check_distinct({{"-o", o.csv}, {"--json", o.json}});
  for (const std::string& path : {o.csv, o.json}) check_writable(path);
  std::vector<StudySheet> sheets;
  for (const std::string& path : o.answers) sheets.push_back(read_study_answers(path));
  const StudyVotes votes = count_votes(std::move(sheets));
  if (votes.answers == 0) throw Error(o.answers[0] + ": there is no answer in it" + (o.answers.size() > 1 ? ", nor in the others" : ""));
  for (const std::string& notice : votes.notices) std::cerr << "impasto: " << notice << '\n';
  if (!o.csv.empty()) write_file_atomically(o.csv, bytes_of(csv_of(votes)));
  write_json(o.json, json_of(votes));
  if (o.csv != "-" && o.json != "-") std::cout << text_of(votes);
}

CLI::App* add_results_command(CLI::App& study) {
  CLI::App* command = study.add_subcommand("results", "Count respondents' answers: votes, how sure a share is, by methods and by photo");
  const auto o = std::make_shared<ResultsOptions>();
  command->add_option("ANSWERS", o->answers, "The files that the study's page saved, one a respondent")->required();
  command->add_option("-o,--output", o->csv, "The same as CSV, a line each pair of methods and each photo; - is standard output");
  command->add_option("--json", o->json, "The same as JSON, with a line each respondent; - is standard output");
  command->footer(
      "Shares are of the votes that preferred one, with Wilson's interval of 95 %; p is the exact two-sided sign test's. Both take votes "
      "as "
      "independent, which those of one respondent are not quite: `more often for` counts respondents, and JSON and CSV have their sign "
      "test too.");
  command->callback([o] { count_results(*o); });
  return command;
}

}  // namespace

void add_study_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("study", "A page that asks people which of two methods' pictures they like more, and the count of their answers");
  const auto o = std::make_shared<StudyOptions>();
  // Words that were required would take "results" for one of them.
  CLI::Option* photos = command->add_option("PHOTOS", o->photos, "A folder of photos, or a photo and further ones");
  command->add_option("METHODS", o->results,
                      "Folders of pictures painted from them, found by the photos' names: METHOD=FOLDER, two or more");
  CLI::Option* out = command->add_option("-o,--output", o->out, "A folder for study.html")->required();
  command->add_option("--title", o->title, "Above the page's beginning")->capture_default_str();
  command->add_option("--question", o->question, "What is asked of every pair")->capture_default_str();
  command
      ->add_option("--painting", o->paintings,
                   "Shown beside the photo: FILE, or FOLDER=FILE for the photos in that folder of PHOTOS; may be given several times")
      ->allow_extra_args(false);
  command->add_option("--count", o->count, "Pairs that a respondent is shown, drawn from all (default: all)")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--seed", o->seed, "Every respondent sees the order and the sides of this number (default: each their own)");
  command
      ->add_option("--size", o->size, "Longest side of the pictures; photos are not enlarged, and results become as large as their photos")
      ->capture_default_str()
      ->check(CLI::Range(32, 4096));
  command->add_flag("--no-preference", o->undecided, "Respondents may say that they have no preference");
  command->footer(
      "The page is one file for any browser, offline. It says no method's name, nor do the answers that it saves; `impasto study results` "
      "reads them.");
  CLI::App* counted = add_results_command(*command);
  counted->preparse_callback([=](std::size_t) {
    if (photos->count() > 0) throw UsageError("\"results\" is a command of its own; write a folder of that name as METHOD=results");
    out->required(false);
  });
  command->callback([=] {
    if (!counted->parsed()) make_study(*o);
  });
}

}  // namespace impasto
