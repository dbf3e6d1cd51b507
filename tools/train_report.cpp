#include "tools/train_report.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "loaders/resize.h"
#include "nets/stylize.h"
#include "tools/curve.h"
#include "tools/sheet.h"
#include "tools/step_name.h"

namespace impasto {
namespace {

constexpr int preview_side = 512, stored_preview_side = 256, usual_losses = 5;
constexpr double hopeless = 1000;

LossTable begun(LossTable table, const std::vector<std::string>& terms) {
  if (!table.columns.empty()) return table;
  table.columns = {"step"};
  table.columns.insert(table.columns.end(), terms.begin(), terms.end());
  return table;
}

void add_row(LossTable& table, int step, const std::vector<double>& losses) {
  table.values.push_back(float(step));
  for (const double loss : losses) table.values.push_back(float(loss));
}

}  // namespace

TrainHistory::TrainHistory(const TrainOptions& options, const std::vector<std::string>& terms, LossTable history, LossTable validation)
    : options_(options),
      history_(begun(std::move(history), terms)),
      validation_(begun(std::move(validation), terms)),
      log_(options.log, history_.columns) {
  for (size_t row = 0; row < history_.rows(); row++) {
    std::vector<std::string> fields;
    for (size_t c = 0; c < history_.columns.size(); c++) fields.push_back(csv_number(history_.values[row * history_.columns.size() + c]));
    log_.line(fields);
  }
}

void TrainHistory::add(int step, const std::vector<double>& losses) {
  add_row(history_, step, losses);
  std::vector<std::string> fields{std::to_string(step)};
  for (const double loss : losses) fields.push_back(csv_number(float(loss)));
  log_.line(fields);
}

void TrainHistory::add_validation(int step, const std::vector<double>& losses) { add_row(validation_, step, losses); }

void TrainHistory::draw() const {
  if (options_.curve.empty()) return;
  write_curve(options_.curve, std::filesystem::path(options_.out).filename().string(), history_, validation_);
}

bool TrainHistory::diverged(int step, double loss, int identity_steps) const {
  if (!std::isfinite(loss)) return true;
  const int first = step < identity_steps ? 0 : identity_steps;
  if (step < first + usual_losses) return false;
  double largest = 0;
  for (int row = first; row < first + usual_losses; row++)
    largest = std::max(largest, double(history_.values[size_t(row) * history_.columns.size() + 1]));
  return loss > hopeless * largest;
}

std::vector<PreviewPhoto> read_previews(const TrainOptions& options) {
  std::vector<PreviewPhoto> photos;
  for (const std::string& name : options.previews) {
    const Picture photo = read_picture(name);
    photos.push_back({std::filesystem::path(name).stem().string(),
                      resize_longest(photo, std::min(preview_side, std::max(photo.width, photo.height)))});
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
      rows.back().push_back({stylize(net, photo.picture, blend), styles > 0 ? weights.styles[size_t(k)].name : "step " + std::to_string(step)});
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
