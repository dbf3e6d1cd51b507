#include "loaders/batch_loader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <new>
#include <set>
#include <thread>

#include "loaders/crop.h"
#include "loaders/photo_squares.h"
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
  settings.batch = batch;
  settings.seed = 7;
  settings.threads = threads;
  return settings;
}

std::shared_ptr<const SampleSet> squares(std::shared_ptr<const PictureSet> set, int size = 8, bool augment = true) {
  return photo_squares(std::move(set), {.size = size, .seed = 7, .augment = augment});
}

std::vector<float> pictures(BatchLoader& loader, int batches) {
  std::vector<float> all;
  for (int i = 0; i < batches; ++i) {
    const std::vector<float> rgb = loader.next().values;
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
  BatchLoader loader(squares(std::shared_ptr<const PictureSet>(&set, [](const PictureSet*) {})), small(threads));
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
  struct Uneven : Painted {  // so that threads overtake each other
    using Painted::Painted;
    Picture read(int64_t i, int least_side) const override {
      std::this_thread::sleep_for(std::chrono::microseconds(i * 7 % 5 * 300));
      return Painted::read(i, least_side);
    }
  };
  const auto set = std::make_shared<Uneven>(10, std::set<int64_t>{2, 3, 9});
  BatchLoader one(squares(set), small(1)), five(squares(set), small(5));
  const std::vector<float> all = pictures(one, 12);
  CHECK(pictures(five, 12) == all);

  BatchLoader begun(squares(set), small(2));
  int64_t position = 0;
  for (int i = 0; i < 5; ++i) position = begun.next().position;
  CHECK(position == 15);
  BatchLoader resumed(squares(set), small(3), position);
  CHECK(pictures(resumed, 7) == std::vector<float>(all.begin() + 5 * 3 * 3 * 64, all.end()));
}

TEST_CASE("in place of a broken picture comes the next of the epoch that is whole, and it is listed once") {
  const std::vector<int> whole = shown(Painted(10), 20);
  const std::set<int64_t> broken{2, 3, 9};
  const auto set = std::make_shared<Painted>(10, broken);
  BatchLoader loader(squares(set), small(3));
  const std::vector<int> seen = numbers(pictures(loader, 20));
  for (size_t p = 0; p < 60; ++p) {
    const size_t epoch = p - p % 10;
    size_t tried = p;
    while (broken.contains(whole[tried])) tried = epoch + (tried + 1) % 10;
    CHECK(seen[p] == whole[tried]);
  }
  const std::vector<Broken> list = loader.broken();
  REQUIRE(list.size() == 3);
  CHECK(list[0].name == "picture 2");
  CHECK(list[1].name == "picture 3");
  CHECK(list[2].name == "picture 9");
  CHECK(list[2].reason == "is cut short");
}

TEST_CASE("a cut file, a file that is no picture, one far too small and a NaN are broken pictures") {
  const samples::Folder folder;
  const auto put = [&](const std::string& name, const std::vector<uint8_t>& bytes) {
    samples::spill(folder / name, {bytes.begin(), bytes.end()});
  };
  const std::vector<uint8_t> jpeg = encode_picture(crafted::gradient(40, 30), PictureFormat::jpeg);
  put("a.jpg", jpeg);
  put("cut.jpg", {jpeg.begin(), jpeg.begin() + static_cast<ptrdiff_t>(jpeg.size() / 2)});
  samples::spill(folder / "page.png", "<!DOCTYPE html>");
  put("tiny.png", encode_picture(crafted::gradient(90, 7), PictureFormat::png));
  put("wee.png", encode_picture(crafted::gradient(90, 8), PictureFormat::png));
  BatchLoader loader(squares(open_picture_set(folder.path, Split::train), 32), small());
  for (int i = 0; i < 10; ++i) loader.next();
  const std::vector<Broken> list = loader.broken();
  REQUIRE(list.size() == 3);
  CHECK(list[0].name == folder / "cut.jpg");
  CHECK(has(list[0].reason, "ends before the picture does"));
  CHECK(has(list[1].reason, "not a"));
  CHECK(list[2].reason == "90x7 pixels are far too few for squares of 32");

  struct Undefined : Painted {
    using Painted::Painted;
    Picture read(int64_t i, int least_side) const override {
      Picture picture = Painted::read(i, least_side);
      if (i == 1) picture.rgb.back() = std::numeric_limits<float>::quiet_NaN();
      if (i == 2) picture.rgb.front() = std::numeric_limits<float>::infinity();
      return picture;
    }
  };
  BatchLoader other(squares(std::make_shared<Undefined>(4)), small());
  for (int i = 0; i < 3; ++i) other.next();
  CHECK(other.broken().size() == 2);
}

TEST_CASE("when every picture is broken the batch is refused in a sentence, and again") {
  BatchLoader loader(squares(std::make_shared<Painted>(3, std::set<int64_t>{0, 1, 2})), small(2));
  for (int i = 0; i < 2; ++i) CHECK(has(refusal([&] { loader.next(); }), "none of the 3 pictures can be used; the last one, picture "));
  CHECK(loader.broken().size() == 3);
}

TEST_CASE("what a thread meets beyond broken pictures comes out of next(), behind the batches before it") {
  struct Failing : Painted {
    using Painted::Painted;
    Picture read(int64_t i, int least_side) const override {
      if (reads++ == 7) throw std::bad_alloc();
      return Painted::read(i, least_side);
    }
    mutable int reads = 0;
  };
  BatchLoader loader(squares(std::make_shared<Failing>(5)), small(1, 3));
  CHECK_NOTHROW(loader.next());
  CHECK_NOTHROW(loader.next());
  CHECK_THROWS_AS(loader.next(), std::bad_alloc);
  CHECK_THROWS_AS(loader.next(), std::bad_alloc);
}

TEST_CASE("no more batches are made ahead than the queue holds, and the time next() waits is counted") {
  struct Slow : Painted {
    using Painted::Painted;
    Picture read(int64_t i, int least_side) const override {
      std::this_thread::sleep_for(std::chrono::milliseconds(reads++ < 2 ? 300 : 1));
      return Painted::read(i, least_side);
    }
    mutable std::atomic<int> reads = 0;
  };
  const auto set = std::make_shared<Slow>(50);
  BatchSettings settings = small(4, 2);
  settings.queue = 3;
  BatchLoader loader(squares(set), settings);
  CHECK(loader.waited() == 0);
  loader.next();
  const double waited = loader.waited();
  CHECK(waited > 0.001);
  constexpr int most = 2 * (1 + 3);
  for (int i = 0; i < 1000 && set->reads < most; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(set->reads == most);
  loader.next();  // is ready
  CHECK(loader.waited() < waited + 0.1);
}

TEST_CASE("a loader that is not waited for ends cleanly") {
  for (int threads = 1; threads <= 4; ++threads)
    for (int batches = 0; batches < 3; ++batches) {
      BatchLoader loader(squares(std::make_shared<Painted>(7)), small(threads));
      for (int i = 0; i < batches; ++i) loader.next();
    }
}

TEST_CASE("settings that cannot be are refused in a sentence") {
  const auto refused = [](auto change, const std::string& words) {
    BatchSettings settings = small();
    int64_t position = 0;
    change(settings, position);
    return has(refusal([&] { BatchLoader(squares(std::make_shared<Painted>(3)), settings, position); }), words);
  };
  CHECK(has(refusal([] { squares(std::make_shared<Painted>(3), 0); }), "size of at least 1"));
  CHECK(refused([](BatchSettings& s, int64_t&) { s.batch = 0; }, "batch size of at least 1"));
  CHECK(refused([](BatchSettings& s, int64_t&) { s.threads = 0; }, "number of threads of at least 1"));
  CHECK(refused([](BatchSettings& s, int64_t&) { s.queue = -1; }, "queue of at least 1"));
  CHECK(refused([](BatchSettings&, int64_t& position) { position = -1; }, "position -1"));
  CHECK(has(refusal([] { BatchLoader(squares(std::make_shared<Painted>(0)), small()); }), "no pictures"));
}

TEST_CASE("without augment every position shows the middle square of its picture") {
  BatchSettings settings = small(2, 4);
  const auto set = std::make_shared<Painted>(4);
  BatchLoader loader(squares(set, 8, false), settings);
  const std::vector<float> rgb = loader.next().values;
  const std::vector<int> order = numbers(rgb);
  for (size_t slot = 0; slot < 4; ++slot) {
    std::vector<float> wanted(3 * 64);
    cut(set->read(order[slot], 8), {}, 8, wanted.data());
    CHECK(std::equal(wanted.begin(), wanted.end(), rgb.begin() + static_cast<ptrdiff_t>(slot * 3 * 64)));
  }
}
