#include "loaders/style_pairs.h"

#include "engine/error.h"
#include "loaders/training_order.h"

namespace impasto {
namespace {

constexpr int most_draws = 100;  // so many broken ones in a row: there is hardly a whole one

}  // namespace

StylePairs::StylePairs(std::shared_ptr<const SampleSet> photos, std::vector<std::shared_ptr<const SampleSet>> styles, uint64_t seed)
    : photos(std::move(photos)), styles(std::move(styles)), seed(seed) {
  if (this->styles.empty()) throw UsageError("there are no styles to train on");
  for (const auto& set : this->styles)
    if (set->size() < 1) throw Error("there are no pictures to train on");
}

void StylePairs::write(int64_t i, int64_t position, float* out) const {
  photos->write(i, position, out);
  write_style(position, out + photos->numbers());
}

void StylePairs::write_style(int64_t position, float* out) const {
  std::string problem;
  for (int draw = 0; draw < most_draws; ++draw) {
    const random::Block drawn = training_block(seed, TrainingStream::styles, position, draw);
    const SampleSet& set = *styles[drawn.word[0] * uint64_t{styles.size()} >> 32];
    const uint64_t number = (uint64_t{drawn.word[1]} << 32) | drawn.word[2];
    try {
      return set.write(static_cast<int64_t>(number % static_cast<uint64_t>(set.size())), position, out);
    } catch (const FileError& error) {
      problem = error.what();
    }
    const std::lock_guard lock(mutex);
    problems.insert(problem);
  }
  throw Error("hardly any of the pictures given as styles can be used; the last one: " + problem);
}

std::set<std::string> StylePairs::broken() const {
  const std::lock_guard lock(mutex);
  return problems;
}

}  // namespace impasto
