// What `impasto train` writes down on the way: losses in tables, as CSV and as a curve; pictures of how far it is.
#pragma once
#include <string>
#include <vector>

#include "nets/transform_training.h"
#include "tools/csv_file.h"
#include "tools/train_options.h"

namespace impasto {

/// The losses of a run, from its first step, whoever made it.
class TrainHistory {
 public:
  /// Begins with what a checkpoint holds; the log is written anew from there. Throws FileError.
  TrainHistory(const TrainOptions& options, const std::vector<std::string>& terms, LossTable history, LossTable validation);

  void add(int step, const std::vector<double>& losses);
  void add_validation(int step, const std::vector<double>& losses);
  void draw() const;

  const LossTable& history() const { return history_; }
  const LossTable& validation() const { return validation_; }
  /// Whether a loss is no number, or a thousand times the largest of the first five steps behind `identity_steps`.
  bool diverged(int step, double loss, int identity_steps) const;

 private:
  const TrainOptions& options_;
  LossTable history_, validation_;
  CsvFile log_;
};

/// A photo of --preview, at the size to paint it at.
struct PreviewPhoto {
  std::string name;
  Picture picture;
};
std::vector<PreviewPhoto> read_previews(const TrainOptions& options);

/// The photos as they are painted now, one row each, into NAME-preview-<step>.jpg. Returns the first painted one.
Picture write_previews(const TrainOptions& options, const std::vector<PreviewPhoto>& photos, Backend& backend,
                       const TransformWeights& weights, int step);

/// As it stands in a weight file: at most 256 pixels a side.
WeightFile::Preview small_preview(const Picture& picture);

}  // namespace impasto
