#include "tools/train_start.h"

#include <algorithm>
#include <filesystem>

#include "loaders/extension.h"
#include "loaders/resize.h"
#include "nets/transform_file.h"
#include "tools/settings.h"

namespace impasto {
namespace {

std::string architecture_text(const std::string& arch) { return arch.starts_with("transform:") ? arch : "transform:" + arch; }

// A further style begins as the mean of those that are there.
void add_rows(TransformWeights& weights, int count) {
  const int64_t styles = weights.architecture.styles;
  for (auto& [name, table] : weights.parameters) {
    if (!name.ends_with("/gamma") && !name.ends_with("/beta")) continue;
    const int64_t channels = int64_t(table.values.size()) / styles;
    std::vector<float> mean(static_cast<size_t>(channels));
    for (size_t i = 0; i < table.values.size(); i++) mean[i % mean.size()] += table.values[i] / float(styles);
    for (int k = 0; k < count; k++) table.values.insert(table.values.end(), mean.begin(), mean.end());
    table.shape = {styles + count, channels};
  }
  weights.architecture.styles += count;
}

void check_start(const TrainOptions& o, const TransformWeights& start) {
  const int styles = start.architecture.styles, paintings = int(o.paintings.size());
  if (o.add_style && styles == 0)
    throw UsageError("--init " + o.init + " holds one style only; --add-style needs a network that was trained on several paintings");
  if (!o.add_style && paintings != std::max(1, styles))
    throw UsageError("--init " + o.init + " holds " + std::to_string(std::max(1, styles)) + " styles, and the paintings given are " +
                     std::to_string(paintings) + "; give one each, or --add-style");
}

}  // namespace

TransformWeights start_of_training(const TrainOptions& o, int& first_style) {
  const int paintings = int(o.paintings.size());
  TransformWeights start;
  first_style = 0;
  if (o.init.empty()) {
    TransformArchitecture architecture = transform_architecture(architecture_text(o.arch));
    if (paintings > 1) architecture.styles = paintings;
    start = fresh_transform(architecture, o.space, o.seed);
  } else {
    start = read_transform(o.init);
    check_start(o, start);
    if (o.add_style) {
      first_style = start.architecture.styles;
      start.styles.resize(size_t(first_style));
      add_rows(start, paintings);
    } else {
      start.styles.clear();
    }
  }
  std::string names;
  for (const std::string& painting : o.paintings) {
    const std::filesystem::path path(painting);
    if (start.architecture.styles > 0) start.styles.push_back({path.stem().string(), path.filename().string()});
    names += (names.empty() ? "" : ", ") + path.filename().string();
  }
  start.licence = "not stated";
  start.provenance = "trained by impasto on " + names;
  return start;
}

void describe(TransformWeights& weights, const TrainOptions& o, int first_style) {
  if (!o.licence.empty()) weights.licence = o.licence;
  if (o.titles.empty()) return;
  weights.styles.resize(size_t(std::max(1, weights.architecture.styles)));
  for (size_t i = 0; i < o.titles.size(); i++) weights.styles[size_t(first_style) + i].painting = o.titles[i];
}

std::vector<Picture> training_paintings(const TrainOptions& o) {
  std::vector<Picture> all;
  for (const std::string& name : o.paintings) {
    const Picture painting = read_picture(name);
    all.push_back(resize_longest(painting, std::min(o.style_size, std::max(painting.width, painting.height))));
  }
  return all;
}

std::shared_ptr<const PictureSet> validation_set(const TrainOptions& o) {
  if (!o.validation.empty()) return open_picture_set(o.validation, Split::validation);
  try {
    return open_picture_set(o.photos, Split::validation);
  } catch (const UsageError&) {
    return nullptr;
  }
}

}  // namespace impasto
