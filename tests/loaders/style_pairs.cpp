// Photographs with styles: which come together, and what broken ones do.
#include "loaders/style_pairs.h"

#include <doctest/doctest.h>

#include <map>

#include "engine/error.h"
#include "loaders/batch_loader.h"

using namespace impasto;

namespace {

/// Sample i is the number base + i; the broken one is not.
struct Numbers : SampleSet {
  Numbers(int base, int count, int broken = -1) : base(base), count(count), broken(broken) {}
  int64_t size() const override { return count; }
  std::string name(int64_t i) const override { return "number " + std::to_string(base + i); }
  size_t numbers() const override { return 1; }
  void write(int64_t i, int64_t, float* out) const override {
    if (i == broken) throw FileError(name(i), "is broken");
    *out = float(base + i);
  }
  int base, count, broken;
};

using Sets = std::vector<std::shared_ptr<const SampleSet>>;

std::shared_ptr<const StylePairs> pairs(uint64_t seed, int broken = -1) {
  return std::make_shared<StylePairs>(std::make_shared<Numbers>(0, 5),
                                      Sets{std::make_shared<Numbers>(100, 4, broken), std::make_shared<Numbers>(200, 40)}, seed);
}

}  // namespace

TEST_CASE("styles are drawn by seed and position, each set as often as the other, whatever photograph they go with") {
  std::map<int, int> seen;
  int large = 0;
  float pair[2], again[2];
  const auto set = pairs(1);
  REQUIRE(set->numbers() == 2);
  CHECK(set->size() == 5);
  for (int position = 0; position < 2000; position++) {
    set->write(position % 5, position, pair);
    CHECK(pair[0] == float(position % 5));
    pairs(1)->write((position + 1) % 5, position, again);
    CHECK(again[1] == pair[1]);
    seen[int(pair[1])]++;
    large += pair[1] >= 200;
  }
  CHECK(seen.size() == 44);
  CHECK(std::abs(large - 1000) < 100);
  for (int i = 0; i < 4; i++) CHECK(std::abs(seen[100 + i] - 250) < 75);
  int same = 0;
  for (int position = 0; position < 200; position++) {
    set->write(0, position, pair);
    pairs(2)->write(0, position, again);
    same += pair[1] == again[1];
  }
  CHECK(same < 60);
}

TEST_CASE("in place of a broken style comes another, and none at all is an error") {
  float pair[2];
  const auto one_broken = pairs(1, 2);
  for (int position = 0; position < 200; position++) {
    one_broken->write(0, position, pair);
    CHECK(pair[1] != 102);
  }
  CHECK(one_broken->broken() == std::set<std::string>{"number 102: is broken"});
  const StylePairs broken(std::make_shared<Numbers>(0, 5), Sets{std::make_shared<Numbers>(100, 1, 0)}, 1);
  CHECK_THROWS_WITH_AS(broken.write(0, 0, pair), doctest::Contains("number 100: is broken"), Error);
  CHECK_THROWS_AS(StylePairs(std::make_shared<Numbers>(0, 5), Sets{}, 1), UsageError);
  CHECK_THROWS_AS(StylePairs(std::make_shared<Numbers>(0, 5), Sets{std::make_shared<Numbers>(100, 0)}, 1), Error);
}
