// impasto stylize: photos painted by a feed-forward network, one pass each.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <new>
#include <utility>

#include "loaders/median.h"
#include "loaders/resize.h"
#include "nets/stylize.h"
#include "nets/transform_file.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/memory.h"
#include "tools/prepare.h"
#include "tools/progress.h"
#include "tools/stylize_options.h"
#include "tools/stylize_report.h"

namespace impasto {
namespace {

/// Seconds since it was last asked.
class Lap {
 public:
  double operator()() {
    const auto now = Clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

// Below this many pixels what is needed is small, and asking would take longer than it is worth.
constexpr int64_t pixels_worth_asking = 4'000'000;

// Beside the tensors: the resized photo, the painted picture and the median's or the encoder's copy.
void check_memory_for(const TransformWeights& weights, int width, int height) {
  const int64_t pixels = int64_t(width) * height;
  if (pixels < pixels_worth_asking) return;
  check_memory(stylize_memory(weights, width, height) + size_t(pixels) * 9 * sizeof(float), width, height);
}

// weights: of the network that needs this machine's memory; null: it has a device's, which says itself what it lacks.
Picture photo_to_paint(const std::string& path, std::optional<int> longest, const TransformWeights* weights) {
  Picture photo = read_picture(path);
  const double scale = longest ? double(*longest) / std::max(photo.width, photo.height) : 1;
  if (weights) check_memory_for(*weights, int(std::lround(photo.width * scale)), int(std::lround(photo.height * scale)));
  if (longest) photo = resize_longest(photo, *longest);
  return photo;
}

Picture painted(const TransformNet& network, const Picture& photo, const ChosenStyle& style, const StylizeOptions& o) {
  Picture picture = stylize(network, photo, style.blend);
  if (o.median > 0) picture = median(picture, o.median);
  picture = keep_colour(std::move(picture), photo, o.keep_colour);
  if (o.strength < 1) picture = mix(std::move(picture), photo, o.strength);
  return picture;
}

class Stylizer {
 public:
  Stylizer(const StylizeOptions& options, const StyleText& text)
      : options_(options),
        backend_name_(chosen_backend(options.backend.name)),
        precision_(chosen_precision(options.precision, backend_name_)),
        weights_(read_transform(style_file(text))),
        style_(choose_style(text, weights_.architecture.styles, weights_.styles)),
        backend_(make_backend(backend_name_, precision_, options.backend)),
        network_(*backend_, weights_) {}

  /// What fails is told by the report.
  StylizedPicture operator()(const PhotoJob& job) const {
    StylizedPicture report{.job = job};
    try {
      paint(report);
    } catch (const std::bad_alloc&) {
      report.failure =
          std::make_exception_ptr(MemoryError(job.photo + ": there is not enough memory for this picture; use a smaller --size"));
    } catch (const std::exception&) {
      report.failure = std::current_exception();
    }
    report.peak_memory = peak_memory();
    return report;
  }

  /// Of one picture: what its first, large layers have held is not kept for a next one. A GPU would have to stop for each block given
  /// back.
  void paint_only_one() {
    if (backend_name_ != "cuda") backend_->pool()->limit_idle(size_t(32) << 20);
  }

  const ChosenStyle& style() const { return style_; }
  const std::string& net() const { return weights_.source; }
  const std::string& backend() const { return backend_name_; }
  const Precision& precision() const { return precision_; }

 private:
  void paint(StylizedPicture& report) const {
    Lap lap;
    const Picture photo = photo_to_paint(report.job.photo, options_.size, backend_name_ == "cuda" ? nullptr : &weights_);
    report.width = photo.width;
    report.height = photo.height;
    report.read_seconds = lap();
    const Picture picture = painted(network_, photo, style_, options_);
    report.paint_seconds = lap();
    write_picture(report.job.out, picture, {.quality = options_.quality});
    report.write_seconds = lap();
  }

  const StylizeOptions& options_;
  std::string backend_name_;
  Precision precision_;
  TransformWeights weights_;
  ChosenStyle style_;
  std::unique_ptr<Backend> backend_;
  TransformNet network_;
};

void check_report_name(const StylizeOptions& o, const PhotoList& list) {
  for (const PhotoJob& job : list.jobs)
    if (!o.json.empty() && (o.json == job.out || (o.json == job.photo && o.json != "-")))
      throw UsageError("--json would write " + (o.json == "-" ? "to standard output, where the picture goes" : "over " + o.json) +
                       "; give it a name of its own");
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) throw FileError(folder.string(), "this folder cannot be made (" + problem.message() + "); choose another -o");
}

void paint_one(const Stylizer& stylizer, const StylizeOptions& o, const PhotoJob& job) {
  const StylizedPicture picture = stylizer(job);
  write_report(o.json, stylizer.style(), stylizer.net(), stylizer.backend(), stylizer.precision(), {picture});
  if (picture.failure) std::rethrow_exception(picture.failure);
  if (o.out != "-" && o.json != "-") std::cout << line_of(picture) << '\n';
}

void paint_several(const Stylizer& stylizer, const StylizeOptions& o, const std::vector<PhotoJob>& jobs) {
  const bool lines = o.json != "-";
  const bool bar = !lines || (isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO));  // on one terminal the lines are progress enough
  const Interrupt interrupt;
  Progress progress(int(jobs.size()));
  std::vector<StylizedPicture> pictures;
  for (const PhotoJob& job : jobs) {
    if (interrupt.wanted()) break;
    std::error_code none;  // writing says it better
    std::filesystem::create_directories(std::filesystem::path(job.out).parent_path(), none);
    pictures.push_back(stylizer(job));
    if (lines && !pictures.back().failure) std::cout << line_of(pictures.back()) << std::endl;
    if (bar) progress.show(int(pictures.size()), job.out);
  }
  progress.end();
  write_report(o.json, stylizer.style(), stylizer.net(), stylizer.backend(), stylizer.precision(), pictures);
  std::string ending = failures_of(pictures);
  if (pictures.size() < jobs.size())
    ending = "interrupted after " + std::to_string(pictures.size()) + " of " + std::to_string(jobs.size()) + " pictures; those are in " +
             o.out + (ending.empty() ? "" : "\n" + ending);
  if (!ending.empty()) throw Error(ending);
}

void run(const StylizeOptions& o) {
  if (o.style.empty())
    throw UsageError("--style is missing: `impasto styles` lists what there is, and `impasto styles --sheet PHOTO -o SHEET.png` shows it");
  const StyleText text = parse_style(o.style);
  const PhotoList list = photo_list(o.photos, o.out);
  check_report_name(o, list);
  check_writable(o.json);
  Stylizer stylizer(o, text);
  if (list.jobs.size() == 1) stylizer.paint_only_one();
  if (list.into_folder) make_folder(o.out);
  if (!list.into_folder) check_writable(o.out);
  list.into_folder ? paint_several(stylizer, o, list.jobs) : paint_one(stylizer, o, list.jobs[0]);
}

}  // namespace

void add_stylize_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("stylize", "Paint photos by a network that holds the style: a fraction of a second each");
  const auto options = std::make_shared<StylizeOptions>();
  add_stylize_flags(*command, *options);
  command->callback([options] { run(*options); });
}

}  // namespace impasto
