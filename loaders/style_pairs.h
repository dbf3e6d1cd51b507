// A photograph and a painting together, as networks that paint in any style are trained on.
#pragma once
#include <memory>
#include <vector>

#include "loaders/sample_set.h"

namespace impasto {

/// Samples are those of `photos` and behind each a style: which set of `styles`, each as often as the others, and which of that set is drawn by
/// seed and position. In place of a style that is broken (FileError) comes another. Throws UsageError without styles; a set must not be empty.
std::shared_ptr<const SampleSet> style_pairs(std::shared_ptr<const SampleSet> photos, std::vector<std::shared_ptr<const SampleSet>> styles,
                                             uint64_t seed);

}  // namespace impasto
