#include "tools/train_previews.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "loaders/resize.h"
#include "nets/stylize.h"
#include "tools/sheet.h"
#include "tools/step_name.h"

namespace impasto {
namespace {

constexpr int preview_side = 512, stored_preview_side = 256;

}  // namespace

std::vector<PreviewPhoto> read_previews(const TrainOptions& options) {
  std::vector<PreviewPhoto> photos;
  for (const std::string& name : options.previews) {
    const Picture photo = read_picture(name);
    photos.push_back(
        {std::filesystem::path(name).stem().string(), resize_longest(photo, std::min(preview_side, std::max(photo.width, photo.height)))});
  }
  return photos;
}

Picture write_previews(const TrainOptions& options, const std::vector<PreviewPhoto>& photos, Backend& backend,
                       const TransformWeights& weights, int step) {
  const TransformNet net(backend, weights);
  const int styles = weights.architecture.styles;
  std::vector<std::vector<Tile>> rows;
  for (const PreviewPhoto& photo : photos) {
    rows.push_back({{photo.picture, photo.name}});
    for (int k = 0; k < std::max(1, styles); k++) {
      std::vector<double> blend(size_t(styles), 0.0);
      if (styles > 0) blend[size_t(k)] = 1;
      rows.back().push_back(
          {stylize(net, photo.picture, blend), styles > 0 ? weights.styles[size_t(k)].name : "step " + std::to_string(step)});
    }
  }
  const std::filesystem::path out(options.out);
  const std::string sheet_name = (out.parent_path() / (out.stem().string() + "-preview.jpg")).string();
  write_picture(with_step(sheet_name, step), sheet(rows, LabelPlace::below));
  return rows[0][1].picture;
}

WeightFile::Preview small_preview(const Picture& picture) {
  const Picture small = resize_longest(picture, std::min(stored_preview_side, std::max(picture.width, picture.height)));
  WeightFile::Preview preview{small.height, small.width, std::vector<uint8_t>(small.rgb.size())};
  for (size_t i = 0; i < small.rgb.size(); i++)
    preview.rgb[i % small.pixels() * 3 + i / small.pixels()] = uint8_t(std::lround(255 * std::clamp(small.rgb[i], 0.f, 1.f)));
  return preview;
}

}  // namespace impasto
