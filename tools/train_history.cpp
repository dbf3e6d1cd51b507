#include "tools/train_history.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "tools/curve.h"

namespace impasto {
namespace {

constexpr int usual_losses = 5;
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

TrainHistory::TrainHistory(const RunOptions& options, const std::vector<std::string>& terms, LossTable history, LossTable validation)
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

bool TrainHistory::diverged(int step, double loss, int first) const {
  if (!std::isfinite(loss)) return true;
  if (step < first + usual_losses) return false;
  double largest = 0;
  for (int row = first; row < first + usual_losses; row++)
    largest = std::max(largest, double(history_.values[size_t(row) * history_.columns.size() + 1]));
  return loss > hopeless * largest;
}

}  // namespace impasto
