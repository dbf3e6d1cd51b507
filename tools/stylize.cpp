// impasto stylize: photos painted by a feed-forward network, one pass each.
#include <algorithm>
#include <cmath>
#include <memory>

#include "loaders/median.h"
#include "loaders/resize.h"
#include "nets/stylize.h"
#include "nets/transform_file.h"
#include "tools/command.h"
#include "tools/photo_run.h"
#include "tools/prepare.h"
#include "tools/style_choice.h"
#include "tools/stylize_options.h"

namespace impasto {
namespace {

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

  void operator()(DonePhoto& done) const {
    Lap lap;
    const Picture photo = photo_to_paint(done.job.photo, options_.size, backend_name_ == "cuda" ? nullptr : &weights_);
    done.width = photo.width;
    done.height = photo.height;
    done.read_seconds = lap();
    const Picture picture = painted(network_, photo, style_, options_);
    done.work_seconds = lap();
    write_picture(done.job.out, picture, {.quality = options_.quality});
    done.write_seconds = lap();
  }

  /// Of one picture: what its first, large layers have held is not kept for a next one. A GPU would have to stop for each block given
  /// back.
  void paint_only_one() {
    if (backend_name_ != "cuda") backend_->pool()->limit_idle(size_t(32) << 20);
  }

  RunFacts facts() const {
    Json styles = Json::array();
    for (const ChosenStyle::Part& part : style_.parts)
      styles.push_back({{"number", part.number}, {"name", part.name}, {"weight", part.weight}});
    return {backend_name_, precision_, "paint", {{"net", weights_.source}, {"styles", styles}}};
  }

 private:
  const StylizeOptions& options_;
  std::string backend_name_;
  Precision precision_;
  TransformWeights weights_;
  ChosenStyle style_;
  std::unique_ptr<Backend> backend_;
  TransformNet network_;
};

void run(const StylizeOptions& o) {
  if (o.style.empty())
    throw UsageError("--style is missing: `impasto styles` lists what there is, and `impasto styles --sheet PHOTO -o SHEET.png` shows it");
  const StyleText text = parse_style(o.style);
  const PhotoList list = photo_list(o.photos, o.out);
  check_report_name(o.json, list);
  check_writable(o.json);
  Stylizer stylizer(o, text);
  if (list.jobs.size() == 1) stylizer.paint_only_one();
  run_photos(list, o.out, o.json, stylizer.facts(), [&](DonePhoto& photo) { stylizer(photo); });
}

}  // namespace

void add_stylize_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("stylize", "Paint photos by a network that holds the style: a fraction of a second each");
  const auto options = std::make_shared<StylizeOptions>();
  add_stylize_flags(*command, *options);
  command->callback([options] { run(*options); });
}

}  // namespace impasto
