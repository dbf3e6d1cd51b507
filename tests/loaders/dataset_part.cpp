#include "loaders/dataset_part.h"

#include <doctest/doctest.h>

#include "loaders/dataset_head.h"
#include "loaders/dataset_pixels.h"
#include "loaders/picture_set.h"
#include "loaders/resize.h"
#include "tests/loaders/crafted.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

using Pixels = std::optional<std::vector<uint8_t>>;

// Of 9 for training three are broken, of 3 for validation one.
const DatasetPlan plan{16, {"a", "b", "c", "d", "e", "f", "g", "h", "i"}, {"x", "y", "z"}};

Pixels photograph(int64_t i) {
  if (i == 0 || i == 4 || i == 5 || i == 10) return {};
  std::vector<uint8_t> bytes(768);
  for (size_t b = 0; b < bytes.size(); ++b) bytes[b] = static_cast<uint8_t>(static_cast<size_t>(i) * 20 + b);
  return bytes;
}

/// Settles up to `count` more.
void settle(DatasetPart& part, int64_t count) {
  std::vector<Pixels> some;
  for (int64_t i = part.settled(); i < std::min(part.settled() + count, plan.count()); ++i) some.push_back(photograph(i));
  part.settle(some);
}

std::string undisturbed() {
  const Folder folder;
  DatasetPart part(folder / "set.h5", plan);
  settle(part, 12);
  part.finish();
  return slurp(folder / "set.h5");
}

/// The numbers of the photographs in it, by their first byte.
std::vector<int> numbers(const std::string& path, Split split) {
  const auto set = open_picture_set(path, split);
  std::vector<int> all;
  for (int64_t i = 0; i < set->size(); ++i) {
    const Picture picture = set->read(i, 0);
    const int first = static_cast<int>(picture.rgb[0] * 255 + 0.5f);
    for (size_t b = 0; b < picture.rgb.size(); ++b)
      REQUIRE(picture.rgb[b] == static_cast<uint8_t>(static_cast<size_t>(first) + b) / 255.0f);
    all.push_back(first / 20);
  }
  return all;
}

}  // namespace

TEST_CASE("a data set holds the whole photographs of each split in order, and nothing else lies beside it") {
  const Folder folder;
  {
    DatasetPart part(folder / "set.h5", plan);
    settle(part, 5);
    CHECK(part.broken(4));
    CHECK_FALSE(part.broken(3));
    settle(part, 7);
    CHECK_FALSE(std::filesystem::exists(folder / "set.h5"));
    part.finish();
  }
  CHECK(numbers(folder / "set.h5", Split::train) == std::vector<int>{1, 2, 3, 6, 7, 8});
  CHECK(numbers(folder / "set.h5", Split::validation) == std::vector<int>{9, 11});
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
  CHECK(std::filesystem::file_size(folder / "set.h5") == static_cast<size_t>(head_bytes) + 8 * 768);
  const Hdf5File file(folder / "set.h5", {"a set", 2, 5, {Hdf5Type::u8}, 1 << 20});
  REQUIRE(file.datasets().size() == 2);
  CHECK(file.datasets().at("train2014/images").shape == std::vector<int64_t>{6, 3, 16, 16});
  CHECK(file.datasets().at("val2014/images").shape == std::vector<int64_t>{2, 3, 16, 16});
}

TEST_CASE("interrupted behind any photograph, a data set becomes the same file") {
  const std::string wanted = undisturbed();
  for (int64_t first = 0; first <= 12; ++first)
    for (const int64_t step : {1, 5}) {
      CAPTURE(first);
      const Folder folder;
      settle(*std::make_unique<DatasetPart>(folder / "set.h5", plan), first);
      for (int64_t settled = first; settled < 12; settled = std::min<int64_t>(settled + step, 12)) {
        DatasetPart part(folder / "set.h5", plan);
        CHECK(part.settled() == settled);
        settle(part, step);
      }
      DatasetPart(folder / "set.h5", plan).finish();
      CHECK(slurp(folder / "set.h5") == wanted);
    }
}

TEST_CASE("killed between a photograph and the note that it is done, or while it ends, a data set becomes the same file") {
  const std::string wanted = undisturbed();
  const Folder folder;
  const auto overwrite = [&](int64_t at, const std::string& bytes) {
    std::fstream file(folder / "set.h5.part", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  settle(*std::make_unique<DatasetPart>(folder / "set.h5", plan), 3);
  overwrite(head_bytes + 2 * 768, std::string(700, 'x'));  // a photograph begun and not noted
  settle(*std::make_unique<DatasetPart>(folder / "set.h5", plan), 9);
  overwrite(0, wanted.substr(0, 2000));  // the head begun
  DatasetPart(folder / "set.h5", plan).finish();
  CHECK(slurp(folder / "set.h5") == wanted);

  spill(folder / "other.h5.part", "");  // created, and no more
  DatasetPart other(folder / "other.h5", plan);
  settle(other, 12);
  other.finish();
  CHECK(slurp(folder / "other.h5") == wanted);
}

TEST_CASE("a data set whose end is not yet cut off is read all the same") {
  const Folder folder;
  spill(folder / "set.h5", undisturbed() + std::string(500, 'x'));
  CHECK(numbers(folder / "set.h5", Split::train).size() == 6);
}

TEST_CASE("a part of other photographs, of another size or of another run is refused in a sentence") {
  const Folder folder;
  settle(*std::make_unique<DatasetPart>(folder / "set.h5", plan), 3);
  const std::string before = slurp(folder / "set.h5.part");
  const auto refused = [&](auto change) {
    DatasetPlan other = plan;
    change(other);
    return has(refusal([&] { DatasetPart(folder / "set.h5", other); }), "set.h5.part: was begun with another size or other photographs");
  };
  CHECK(refused([](DatasetPlan& p) { p.size = 32; }));
  CHECK(refused([](DatasetPlan& p) { p.train[3] = "D"; }));
  CHECK(refused([](DatasetPlan& p) { p.train.pop_back(); }));
  CHECK(refused([](DatasetPlan& p) {
    p.validation.insert(p.validation.begin(), p.train.back());
    p.train.pop_back();
  }));
  spill(folder / "set.h5.part", "something else");
  CHECK(refused([](DatasetPlan&) {}));
  CHECK(slurp(folder / "set.h5.part") == "something else");
  spill(folder / "set.h5.part", before);
  const DatasetPart one(folder / "set.h5", plan);
  CHECK(has(refusal([&] { DatasetPart(folder / "set.h5", plan); }), "another run is at work on it"));
}

TEST_CASE("a split without a whole photograph, a missing folder and a folder of the name are refused") {
  const Folder folder;
  const auto ended = [&](const DatasetPlan& plan, const std::vector<Pixels>& pixels) {
    return refusal([&] {
      DatasetPart part(folder / (std::to_string(plan.count()) + ".h5"), plan);
      part.settle(pixels);
      part.finish();
    });
  };
  CHECK(ended({16, {"a", "b"}, {}}, {{}, {}}) == "none of the 2 photographs for training can be used");
  CHECK(ended({16, {"a"}, {"b", "c"}}, {photograph(1), {}, {}}) == "none of the 2 photographs for validation can be used");
  CHECK(ended({16, {"a"}, {}}, {photograph(1)}).empty());
  CHECK(has(refusal([&] { DatasetPart(folder / "no/set.h5", plan); }), "there is no folder"));
  CHECK(has(refusal([&] { DatasetPart(folder.path, plan); }), "it is a folder"));
}

TEST_CASE("photographs of a data set are cut to multiples of 16 from the top left and scaled whatever their aspect") {
  Picture picture = crafted::gradient(47, 33, true);
  const std::vector<uint8_t> bytes = dataset_pixels(picture, 16, "a.png");
  Picture part;
  part.width = part.height = 32;
  part.rgb.resize(3 * 32 * 32);
  for (size_t c = 0; c < 3; ++c)
    for (size_t y = 0; y < 32; ++y)
      for (size_t x = 0; x < 32; ++x) part.rgb[(c * 32 + y) * 32 + x] = picture.rgb[(c * 33 + y) * 47 + x];
  const Picture wanted = resize(part, 16, 16);
  REQUIRE(bytes.size() == wanted.rgb.size());
  for (size_t b = 0; b < bytes.size(); ++b) CHECK(bytes[b] == static_cast<uint8_t>(wanted.rgb[b] * 255 + 0.5f));
  CHECK(dataset_pixels(crafted::gradient(64, 16), 16, "a.png").size() == 768);
  CHECK(has(refusal([] { dataset_pixels(crafted::gradient(64, 15), 16, "a.png"); }), "a.png: 64x15 pixels; each side needs 16"));
}
