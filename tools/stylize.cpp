// impasto stylize: photos painted by a feed-forward network or by AdaIN, one pass each.
#include <memory>

#include "loaders/median.h"
#include "nets/stylize.h"
#include "nets/transform_file.h"
#include "tools/command.h"
#include "tools/photo_painter.h"
#include "tools/prepare.h"
#include "tools/style_choice.h"
#include "tools/stylize_options.h"

namespace impasto {
namespace {

Picture painted(const TransformNet& network, const Picture& photo, const ChosenStyle& style, const StylizeOptions& o) {
  Picture picture = stylize(network, photo, style.blend);
  if (o.median > 0) picture = median(picture, o.median);
  picture = keep_colour(std::move(picture), photo, o.keep_colour);
  if (o.strength < 1) picture = mix(std::move(picture), photo, o.strength);
  return picture;
}

class NetworkPainter : public PhotoPainter {
 public:
  NetworkPainter(const StylizeOptions& options, const StyleText& text)
      : PhotoPainter(options),
        weights_(read_transform(style_file(text))),
        style_(choose_style(text, weights_.architecture.styles, weights_.styles)),
        network_(start_backend(), weights_) {}

 private:
  Picture painted(const Picture& photo, DonePhoto&) const override { return impasto::painted(network_, photo, style_, options_); }
  size_t memory(int width, int height) const override { return stylize_memory(weights_, width, height); }
  int64_t least_pixels() const override { return 4'000'000; }

  Json of_all() const override {
    Json styles = Json::array();
    for (const ChosenStyle::Part& part : style_.parts)
      styles.push_back({{"number", part.number}, {"name", part.name}, {"weight", part.weight}});
    return {{"net", weights_.source}, {"styles", styles}};
  }

  TransformWeights weights_;
  ChosenStyle style_;
  TransformNet network_;
};

// Whether it is AdaIN that paints; what does not go together is refused.
bool by_adain(const StylizeOptions& o) {
  const std::string flag = first_adain_flag(o.adain);
  const bool adain = o.method == "adain" || (o.method.empty() && o.style.empty() && !flag.empty());
  if (adain && !o.style.empty()) throw UsageError("--style " + o.style + " is painted by a network, not by AdaIN; leave it or --method adain out");
  if (adain && o.adain.paintings.empty())
    throw UsageError("--style-image is missing" + (flag.empty() ? "" : ", for which " + flag + " is") + ": give the painting that AdaIN is to paint after");
  if (!adain && !flag.empty()) throw UsageError(flag + " is for AdaIN, and --style names a network; leave one of them out");
  return adain;
}

std::unique_ptr<PhotoPainter> painter(const StylizeOptions& o, const PhotoList& list) {
  if (by_adain(o)) {
    const AdainPaintSettings settings = adain_settings(o.adain, o.strength);
    if (list.into_folder && settings.depth && !settings.depth->file.empty())
      throw UsageError("--depth " + settings.depth->file + " is the depth of one photo, and there are several; --depth-aware looks at each");
    return make_adain_painter(o);
  }
  if (o.style.empty())
    throw UsageError("--style is missing: `impasto styles` lists what there is, and `impasto styles --sheet PHOTO -o SHEET.png` shows it; or "
                     "give a painting with --style-image");
  return std::make_unique<NetworkPainter>(o, parse_style(o.style));
}

void run(const StylizeOptions& o) {
  const PhotoList list = photo_list(o.photos, o.out);
  check_report_name(o.json, list);
  check_writable(o.json);
  const std::unique_ptr<PhotoPainter> paint = painter(o, list);
  if (list.jobs.size() == 1) paint->paint_only_one();
  run_photos(list, o.out, o.json, paint->facts(), [&](DonePhoto& photo) { (*paint)(photo); });
}

}  // namespace

void add_stylize_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("stylize", "Paint photos in one pass: by a network that holds the style, or after any painting (AdaIN)");
  const auto options = std::make_shared<StylizeOptions>();
  add_stylize_flags(*command, *options);
  command->callback([options] { run(*options); });
}

}  // namespace impasto
