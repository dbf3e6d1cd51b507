// What `impasto train` writes down on the way: losses in tables, as CSV and as a curve.
#pragma once
#include <string>
#include <vector>

#include "loaders/checkpoint.h"
#include "tools/csv_file.h"
#include "tools/run_options.h"

namespace impasto {

/// The losses of a run, from its first step, whoever made it.
class TrainHistory {
 public:
  /// Begins with what a checkpoint holds; the log is written anew from there. Throws FileError.
  TrainHistory(const RunOptions& options, const std::vector<std::string>& terms, LossTable history, LossTable validation);

  void add(int step, const std::vector<double>& losses);
  void add_validation(int step, const std::vector<double>& losses);
  void draw() const;

  const LossTable& history() const { return history_; }
  const LossTable& validation() const { return validation_; }
  /// Whether a loss is no number, or a thousand times the largest of the five steps from step `first` on.
  bool diverged(int step, double loss, int first) const;

 private:
  const RunOptions& options_;
  LossTable history_, validation_;
  CsvFile log_;
};

}  // namespace impasto
