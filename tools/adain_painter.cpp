// Photos painted by AdaIN, after paintings that are given.
#include <cmath>
#include <memory>
#include <numeric>

#include "loaders/median.h"
#include "loaders/resize.h"
#include "loaders/weight_format.h"
#include "nets/adain_file.h"
#include "nets/vgg_file.h"
#include "tools/judging_depth.h"
#include "tools/mask_pictures.h"
#include "tools/objective_options.h"
#include "tools/photo_painter.h"
#include "tools/plane_run.h"

namespace impasto {
namespace {

VggWeights encoder(const AdainOptions& o) {
  const std::string file = judging_network_file(o.encoder, "--encoder");
  return weight_format(file) == WeightFormat::pytorch ? read_adain_encoder(file) : read_vgg(file);
}

AdainWeights decoder(const AdainOptions& o) {
  return read_adain(plane_network_file(o.net, "`impasto train adain` makes one; give it with --adain"));
}

std::vector<MaskSpec*> masks_of(AdainPaintSettings& settings) {
  std::vector<MaskSpec*> all;
  if (settings.depth) all.push_back(&*settings.depth);
  for (MaskSpec& mask : settings.style_masks) all.push_back(&mask);
  return all;
}

// Sides to within a pixel of the photo's aspect; a photo that was resized is off by as much.
bool is_of_aspect(const Picture& depth, const Picture& photo) {
  const int64_t off = int64_t(depth.width) * photo.height - int64_t(depth.height) * photo.width;
  return std::abs(off) <= std::max(photo.width, photo.height) + std::max(depth.width, depth.height);
}

double mean(const Mask& mask) { return std::accumulate(mask.values.begin(), mask.values.end(), 0.0) / double(mask.values.size()); }

class AdainPainter : public PhotoPainter {
 public:
  explicit AdainPainter(const StylizeOptions& options)
      : PhotoPainter(options),
        images_(style_images(options.adain.paintings)),
        settings_(adain_settings(options.adain, options.strength)),
        encoder_(encoder(options.adain)),
        decoder_(decoder(options.adain)) {
    for (const std::string& file : images_.files) paintings_.push_back(sized_painting(file));
    // A depth that is given serves masks of depth too.
    if (settings_.depth) depth_file_ = settings_.depth->file;
    if (!depth_file_.empty()) given_depth_ = read_picture(depth_file_);
    if (any_of_depth(masks_of(settings_)) && depth_file_.empty()) depth_weights_ = judging_depth(options.adain.depth_net);
    Backend& backend = start_backend();
    network_ = std::make_unique<Adain>(backend, encoder_, decoder_);
    if (depth_weights_) depth_ = std::make_unique<DepthNetwork>(backend, *depth_weights_);
    if (!recolours()) statistics_ = statistics_of(paintings_);
  }

 private:
  Picture sized_painting(const std::string& file) const {
    const Picture painting = read_picture(file);
    const int own = std::max(painting.width, painting.height);
    return resize_longest(painting, options_.adain.style_size.value_or(std::min(own, AdainOptions::default_style_size)));
  }

  // The photo's colours are given to the paintings, where that can be done before.
  bool recolours() const { return options_.keep_colour != KeepColour::none && options_.keep_colour != KeepColour::luminance; }

  std::vector<ChannelStatistics> statistics_of(const std::vector<Picture>& paintings) const {
    std::vector<ChannelStatistics> all;
    for (const Picture& painting : paintings) all.push_back(painting_statistics(*network_, painting));
    return all;
  }

  std::vector<ChannelStatistics> statistics_for(const Picture& photo) const {
    if (!recolours()) return statistics_;
    std::vector<Picture> paintings;
    for (const Picture& painting : paintings_) paintings.push_back(keep_colour(painting, photo, options_.keep_colour));
    return statistics_of(paintings);
  }

  AdainPaintSettings settings_for(const Picture& photo, DonePhoto& done) const {
    check_depth(photo, done);
    AdainPaintSettings settings = settings_;
    read_mask_pictures(masks_of(settings), depth_file_, depth_.get(), photo);
    if (settings.depth) done.more["mean_strength"] = settings.strength * mean(make_mask(*settings.depth, photo.width, photo.height));
    return settings;
  }

  void check_depth(const Picture& photo, const DonePhoto& done) const {
    if (depth_file_.empty() || is_of_aspect(given_depth_, photo)) return;
    const auto size = [](const Picture& p) { return std::to_string(p.width) + "x" + std::to_string(p.height); };
    throw UsageError("--depth " + depth_file_ + " has " + size(given_depth_) + " pixels and " + done.job.photo + " " + size(photo) +
                     ", so it is not the depth of this photo; `impasto depth` sees it");
  }

  Picture painted(const Picture& photo, DonePhoto& done) const override {
    const AdainPaintSettings settings = settings_for(photo, done);
    Picture picture = adain_paint(*network_, photo, statistics_for(photo), settings);
    if (options_.median > 0) picture = median(picture, options_.median);
    if (options_.keep_colour == KeepColour::luminance) picture = keep_colour(std::move(picture), photo, KeepColour::luminance);
    return picture;
  }

  size_t memory(int width, int height) const override {
    PictureSize largest{1, 1};
    for (const Picture& painting : paintings_)
      if (painting.pixels() > size_t(largest.width) * size_t(largest.height)) largest = {painting.width, painting.height};
    return adain_paint_memory(encoder_, decoder_, {width, height}, largest, int(paintings_.size()), !settings_.style_masks.empty());
  }

  int64_t least_pixels() const override { return 1'000'000; }

  Json of_all() const override {
    Json paintings = Json::array();
    for (size_t k = 0; k < images_.files.size(); k++) {
      paintings.push_back({{"painting", images_.files[k]}, {"weight", images_.weights[k]}});
      if (!settings_.style_masks.empty()) paintings.back()["mask"] = settings_.style_masks[k].text;
    }
    Json json = {{"net", decoder_.source}, {"encoder", encoder_.source}, {"paintings", paintings}, {"strength", settings_.strength}};
    if (settings_.depth) {
      json["depth"] = depth_weights_ && settings_.depth->of_depth ? Json(depth_->source()) : Json(settings_.depth->text);
      json["depth_range"] = options_.adain.depth_range.empty() ? "0,1" : options_.adain.depth_range;
      json["depth_inverted"] = options_.adain.depth_invert;
    }
    return json;
  }

  StyleImages images_;
  AdainPaintSettings settings_;  // its masks' pictures not read
  VggWeights encoder_;
  AdainWeights decoder_;
  std::vector<Picture> paintings_;
  std::string depth_file_;  // "": the network looks
  Picture given_depth_;     // what lies there
  std::optional<DepthWeights> depth_weights_;
  std::unique_ptr<Adain> network_;
  std::unique_ptr<DepthNetwork> depth_;
  std::vector<ChannelStatistics> statistics_;  // where no photo changes them
};

}  // namespace

std::unique_ptr<PhotoPainter> make_adain_painter(const StylizeOptions& options) { return std::make_unique<AdainPainter>(options); }

}  // namespace impasto
