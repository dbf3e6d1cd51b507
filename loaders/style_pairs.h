// A photograph and a painting together, as networks that paint in any style are trained on.
#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "loaders/sample_set.h"

namespace impasto {

/// Samples are those of `photos` and behind each a style: which set of `styles`, each as often as the others, and which of that set is drawn by
/// seed and position. In place of a style that is broken (FileError) comes another.
class StylePairs : public SampleSet {
 public:
  /// Throws UsageError without styles, Error for an empty set of them.
  StylePairs(std::shared_ptr<const SampleSet> photos, std::vector<std::shared_ptr<const SampleSet>> styles, uint64_t seed);

  int64_t size() const override { return photos->size(); }
  std::string name(int64_t i) const override { return photos->name(i); }
  size_t numbers() const override { return photos->numbers() + styles[0]->numbers(); }
  /// Throws Error when hardly any style is whole.
  void write(int64_t i, int64_t position, float* out) const override;

  /// Of styles that could not be used, as far as they have been met: names and reasons, a sentence each.
  std::set<std::string> broken() const;

 private:
  void write_style(int64_t position, float* out) const;

  const std::shared_ptr<const SampleSet> photos;
  const std::vector<std::shared_ptr<const SampleSet>> styles;
  const uint64_t seed;
  mutable std::mutex mutex;
  mutable std::set<std::string> problems;
};

}  // namespace impasto
