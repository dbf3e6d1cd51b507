#include "loaders/batch_loader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <set>
#include <thread>

#include "tests/loaders/crafted.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using samples::has;
using samples::refusal;

namespace {

/// Pictures of one colour, by which they are known again: picture i has i in its red plane, in 256ths.
class Painted : public PictureSet {
 public:
  explicit Painted(int64_t count, std::set<int64_t> broken = {}) : count(count), broken(std::move(broken)) {}
  int64_t size() const override { return count; }
  std::string name(int64_t i) const override { return "picture " + std::to_string(i); }
  Picture read(int64_t i, int) const override {
    if (broken.contains(i)) throw FileError(name(i), "is cut short");
    Picture picture = crafted::gradient(20 + static_cast<int>(i) % 5, 16);
    std::fill_n(picture.rgb.begin(), picture.pixels(), static_cast<float>(i) / 256);
    return picture;
  }

 private:
  int64_t count;
  std::set<int64_t> broken;
};

BatchSettings small(int threads = 1, int batch = 3) {
  BatchSettings settings;
  settings.size = 8;
  settings.batch = batch;
  settings.seed = 7;
  settings.threads = threads;
  return settings;
}

std::vector<float> pictures(BatchLoader& loader, int batches) {
  std::vector<float> all;
  for (int i = 0; i < batches; ++i) {
    const std::vector<float> rgb = loader.next().rgb;
    all.insert(all.end(), rgb.begin(), rgb.end());
  }
  return all;
}

std::vector<int> numbers(const std::vector<float>& rgb, size_t size = 8) {
  std::vector<int> shown;
  for (size_t at = 0; at < rgb.size(); at += 3 * size * size) shown.push_back(static_cast<int>(std::lround(rgb[at] * 256)));
  return shown;
}

std::vector<int> shown(const PictureSet& set, int batches, int threads = 1) {
  BatchLoader loader(std::shared_ptr<const PictureSet>(&set, [](const PictureSet*) {}), small(threads));
  return numbers(pictures(loader, batches));
}

}  // namespace

TEST_CASE("each epoch shows every picture once, in an order of its own") {
  const std::vector<int> three = shown(Painted(21), 21);
  std::vector<std::vector<int>> epochs;
  for (int epoch = 0; epoch < 3; ++epoch) epochs.emplace_back(three.begin() + 21 * epoch, three.begin() + 21 * (epoch + 1));
  CHECK(epochs[0] != epochs[1]);
  CHECK(epochs[1] != epochs[2]);
  for (std::vector<int>& epoch : epochs) {
    CHECK_FALSE(std::is_sorted(epoch.begin(), epoch.end()));
    std::sort(epoch.begin(), epoch.end());
    for (int i = 0; i < 21; ++i) CHECK(epoch[static_cast<size_t>(i)] == i);
  }
}

TEST_CASE("batches are the same bytes for any number of threads and wherever training continues") {
  const auto set = std::make_shared<Painted>(10, std::set<int64_t>{2, 3, 9});
  BatchLoader one(set, small(1)), five(set, small(5));
  const std::vector<float> all = pictures(one, 12);
  CHECK(pictures(five, 12) == all);

  BatchLoader begun(set, small(2));
  int64_t position = 0;
  for (int i = 0; i < 5; ++i) position = begun.next().position;
  CHECK(position == 15);
  BatchLoader resumed(set, small(3), position);
  CHECK(pictures(resumed, 7) == std::vector<float>(all.begin() + 5 * 3 * 3 * 64, all.end()));
}
