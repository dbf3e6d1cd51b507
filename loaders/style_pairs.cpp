#include "loaders/style_pairs.h"

#include "engine/error.h"
#include "loaders/training_order.h"

namespace impasto {
namespace {

constexpr int most_draws = 100;  // so many broken ones in a row: there is hardly a whole one

class StylePairs : public SampleSet {
 public:
  StylePairs(std::shared_ptr<const SampleSet> photos, std::vector<std::shared_ptr<const SampleSet>> styles, uint64_t seed)
      : photos(std::move(photos)), styles(std::move(styles)), seed(seed) {
    if (this->styles.empty()) throw UsageError("there are no styles to train on");
    for (const auto& set : this->styles)
      if (set->size() < 1) throw Error("there are no pictures to train on");
  }

  int64_t size() const override { return photos->size(); }
  std::string name(int64_t i) const override { return photos->name(i); }
  size_t numbers() const override { return photos->numbers() + styles[0]->numbers(); }

  void write(int64_t i, int64_t position, float* out) const override {
    photos->write(i, position, out);
    write_style(position, out + photos->numbers());
  }

 private:
  void write_style(int64_t position, float* out) const {
    std::string reason;
    for (int draw = 0; draw < most_draws; ++draw) {
      const random::Block drawn = training_block(seed, TrainingStream::styles, position, draw);
      const SampleSet& set = *styles[drawn.word[0] * uint64_t{styles.size()} >> 32];
      const int64_t style = static_cast<int64_t>(((uint64_t{drawn.word[1]} << 32) | drawn.word[2]) % static_cast<uint64_t>(set.size()));
      try {
        return set.write(style, position, out);
      } catch (const FileError& error) {
        reason = error.what();
      }
    }
    throw Error("hardly any of the pictures given as styles can be used; the last one: " + reason);
  }

  const std::shared_ptr<const SampleSet> photos;
  const std::vector<std::shared_ptr<const SampleSet>> styles;
  const uint64_t seed;
};

}  // namespace

std::shared_ptr<const SampleSet> style_pairs(std::shared_ptr<const SampleSet> photos, std::vector<std::shared_ptr<const SampleSet>> styles,
                                             uint64_t seed) {
  return std::make_shared<StylePairs>(std::move(photos), std::move(styles), seed);
}

}  // namespace impasto
