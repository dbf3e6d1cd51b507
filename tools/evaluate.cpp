// impasto evaluate: what stylised pictures kept of their photos, and what they took on of their paintings.
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "loaders/atomic_file.h"
#include "tools/backend_choice.h"
#include "tools/command.h"
#include "tools/evaluate_report.h"
#include "tools/interrupt.h"
#include "tools/prepare.h"
#include "tools/progress.h"
#include "tools/result_picture.h"
#include "tools/settings.h"

namespace impasto {
namespace {

struct EvaluateOptions {
  std::string photos;
  std::vector<std::string> results, paintings;
  std::string out, precision = "exact";
  BackendChoice backend;
  JudgeOptions judges;
  int size = 512;
};

const char* const what = "What is compared";

Picture read_opaque(const std::string& path) {
  Picture picture = read_picture(path);
  picture.alpha.clear();  // networks leave it out, so figures do too
  return picture;
}

/// One a label; "" for none.
std::vector<std::string> paintings_of(const EvaluateOptions& o, const ResultList& list) {
  std::vector<std::string> paintings(list.labels.size());
  std::string rest;
  for (const std::string& text : o.paintings) {
    const auto label = std::find_if(list.labels.begin(), list.labels.end(), [&](const auto& l) { return text.starts_with(l.name + '='); });
    std::string& painting = label == list.labels.end() ? rest : paintings[std::size_t(label - list.labels.begin())];
    if (!painting.empty())
      throw UsageError("--painting " + painting + " and " + text +
                       " are for the same results; write LABEL=FILE, with a label of the results");
    painting = label == list.labels.end() ? text : text.substr(label->name.size() + 1);
  }
  for (std::string& painting : paintings)
    if (painting.empty()) painting = rest;
  return paintings;
}

class Evaluator {
 public:
  Evaluator(const EvaluateOptions& o, Evaluation& e, const Judges& judges) : o_(o), e_(e), judges_(judges) {
    for (const std::string& painting : e.paintings) {
      const auto same = std::find(e.paintings.begin(), e.paintings.end(), painting) - e.paintings.begin();
      const bool first = std::size_t(same) == paintings_.size();
      paintings_.push_back(painting.empty() ? nullptr : first ? seen(painting) : paintings_[std::size_t(same)]);
    }
  }

  /// Throws Error if it is interrupted.
  void run() {
    const Interrupt interrupt;
    std::size_t pairs = 0, done = 0;
    for (const ResultList::Photo& photo : e_.photos) pairs += photo.count();
    Progress progress{int(pairs)};
    for (std::size_t i = 0; i < e_.photos.size(); i++) {
      const std::optional<View> photo =
          attempt(e_.photos[i].count(), [&] { return judges_.view(sized(read_opaque(e_.photos[i].file), o_.size)); });
      photos.push_back(photo ? shown_picture(*photo) : ShownPicture{});
      for (std::size_t k = 0; k < e_.labels.size(); k++) {
        const std::string& file = e_.photos[i].results[k];
        if (file.empty()) continue;
        if (interrupt.wanted())
          throw Error("interrupted after " + std::to_string(done) + " of " + std::to_string(pairs) + " results; nothing was written");
        if (photo) attempt(1, [&] { return compare(i, k, file, *photo); });
        progress.show(int(++done), file);
      }
    }
    progress.end();
    if (e_.results.empty()) throw Error(failures());
  }

  /// "" if there are none.
  std::string failures() const {
    if (failed_ == 0) return "";
    std::string text = std::to_string(failed_) + " of " + std::to_string(e_.results.size() + failed_) + " results could not be compared:";
    for (const std::string& failure : e_.failures) text += "\n  " + failure;
    return text;
  }

  std::vector<ShownPicture> photos, results;

 private:
  std::shared_ptr<const View> seen(const std::string& painting) const {
    return std::make_shared<View>(judges_.painting(sized(read_opaque(painting), o_.size)));
  }

  // What fails is noted, and costs so many results.
  template <class F>
  auto attempt(std::size_t results, F&& work) -> std::optional<decltype(work())> {
    try {
      return work();
    } catch (const std::exception& error) {
      e_.failures.push_back(error.what());
      failed_ += results;
      return {};
    }
  }

  bool compare(std::size_t photo, std::size_t label, const std::string& file, const View& of_photo) {
    const Picture picture = read_opaque(file);
    const View view = judges_.view(at_size_of(of_photo.picture, e_.photos[photo].file, picture, file));
    EvaluatedResult result{photo, label, file, picture.width, picture.height, {}};
    for (const Measure& measure : judges_.measures()) result.figures.push_back(measure.of(of_photo, view, paintings_[label].get()));
    e_.results.push_back(std::move(result));
    results.push_back(shown_picture(view));
    return true;
  }

  const EvaluateOptions& o_;
  Evaluation& e_;
  const Judges& judges_;
  std::vector<std::shared_ptr<const View>> paintings_;
  std::size_t failed_ = 0;
};

void write_results(const std::string& folder, const Evaluation& e, const std::string& page) {
  const std::string csv = csv_of(e), json = json_of(e).dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
  const auto bytes = [](const std::string& text) { return Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; };
  write_files_atomically(
      {{folder + "/results.csv", bytes(csv)}, {folder + "/results.json", bytes(json)}, {folder + "/report.html", bytes(page)}});
}

Evaluation begun(const EvaluateOptions& o, const CLI::App& command) {
  std::vector<std::string> words{o.photos};
  words.insert(words.end(), o.results.begin(), o.results.end());
  ResultList list = result_list(words, o.out);
  return {.settings = settings_of(command, {what}),
          .seed = o.judges.seed,
          .measures = {},
          .labels = list.labels,
          .paintings = paintings_of(o, list),
          .photos = std::move(list.photos),
          .results = {},
          .missing = std::move(list.missing),
          .failures = {}};
}

void note_judges(Evaluation& e, const Judges& judges) {
  e.measures = judges.measures();
  for (const auto& [sees, file] : judges.networks()) e.settings["networks"][sees].push_back(file);
  e.missing.insert(e.missing.begin(), judges.missing().begin(), judges.missing().end());
}

void evaluate(EvaluateOptions o, const CLI::App& command) {
  Evaluation e = begun(o, command);
  const std::size_t painted = e.paintings.size() - std::size_t(std::count(e.paintings.begin(), e.paintings.end(), ""));
  for (std::size_t k = 0; k < e.labels.size(); k++)
    if (painted > 0 && e.paintings[k].empty())
      e.missing.push_back(e.labels[k].name + ": there is no painting; give one with --painting LABEL=FILE");
  o.judges.paintings = painted > 0;
  make_folder(o.out);
  for (const char* name : {"/results.csv", "/results.json", "/report.html"}) check_writable(o.out + name);
  const std::string backend_name = chosen_backend(o.backend.name);
  e.settings["backend"] = backend_name;
  const auto backend = make_backend(backend_name, chosen_precision(o.precision, backend_name), o.backend);
  const Judges judges(*backend, o.judges);
  note_judges(e, judges);
  print_missing(e.missing, ", listed in results.json");
  Evaluator evaluator(o, e, judges);
  evaluator.run();
  write_results(o.out, e, report_page(e, judges.map_titles(), evaluator.photos, evaluator.results));
  std::cout << text_of(e) << o.out << "/report.html: " << e.results.size() << " results of " << e.photos.size() << " photos\n";
  if (const std::string failures = evaluator.failures(); !failures.empty()) throw Error(failures);
}

}  // namespace

void add_evaluate_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "evaluate", "Measure what stylised pictures kept of their photos and took on of a painting; a report for the browser");
  const auto o = std::make_shared<EvaluateOptions>();
  command->add_option("PHOTOS", o->photos, "A folder of photos, or a photo and further ones")->required()->group(what);
  command->add_option("RESULTS", o->results, "Folders of pictures painted from them, found by the photos' names: FOLDER, or FOLDER=LABEL")
      ->required()
      ->group(what);
  command->add_option("-o,--output", o->out, "A folder for results.csv, results.json and report.html")->required();
  command
      ->add_option("--painting", o->paintings,
                   "The style: FILE for all results, LABEL=FILE for those of a label; may be given several times")
      ->allow_extra_args(false)
      ->group(what);
  command
      ->add_option(
          "--size", o->size,
          "Longest side of photos and paintings as they are compared; none is enlarged, and results become as large as their photos")
      ->capture_default_str()
      ->check(CLI::Range(32, 4096))
      ->group(what);
  command
      ->add_option(
          "--depth-net", o->judges.depth_nets,
          "A network that sees depth, by file or name; may be given several times (default: hourglass and hourglass-judge, where they are, else vgg-depth)")
      ->allow_extra_args(false)
      ->group(what);
  command->add_option("--edge-net", o->judges.edge_net, "The network that sees edges (default: hed, see `impasto weights get`)")
      ->group(what);
  command->add_option("--loss-net", o->judges.loss_net, "VGG weights (default: vgg16, see `impasto weights get`)")->group(what);
  command->add_option("--seed", o->judges.seed, "Of the pairs of pixels whose depths are compared, and of the intervals")
      ->capture_default_str()
      ->group(what);
  add_backend_options(*command, o->backend);
  add_precision_option(*command, o->precision)->group(what);
  command->footer("Means are given with the interval that holds 95 % of the means of results drawn anew with replacement (bootstrap).");
  command->callback([o, command] { evaluate(*o, *command); });
}

}  // namespace impasto
