#include "loaders/picture_set.h"

#include <doctest/doctest.h>

#include "tests/loaders/crafted.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

/// A PNG of one grey pixel.
void put_picture(const Folder& folder, const std::string& name, uint8_t value = 0) {
  std::filesystem::create_directories(std::filesystem::path(folder / name).parent_path());
  const crafted::File file = crafted::png(1, 1, 8, crafted::grey, {value});
  spill(folder / name, {file.begin(), file.end()});
}

std::vector<std::string> names(const std::string& path, Split split) {
  const auto set = open_picture_set(path, split);
  std::vector<std::string> all;
  for (int64_t i = 0; i < set->size(); ++i) all.push_back(std::filesystem::relative(set->name(i), path).string());
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a folder's pictures are numbered in byte order, nested ones too; hidden and other files are left out") {
  const Folder folder;
  put_picture(folder, "b.png", 51);
  for (const std::string name : {"a/z.JPG", "a-1.jpeg", "B.webp", ".hidden.png", ".thumbs/a.png", "list.txt", "a/x.mat"})
    put_picture(folder, name);
  for (const Split split : {Split::train, Split::validation})
    CHECK(names(folder.path, split) == Names{"B.webp", "a-1.jpeg", "a/z.JPG", "b.png"});
  CHECK(names(folder.path.string() + "/", Split::train).size() == 4);
  CHECK(open_picture_set(folder.path, Split::train)->read(3, 1).rgb == std::vector<float>(3, 0.2f));
}

TEST_CASE("of COCO's layout each split has its own folder") {
  for (const std::string base : {"", "images/"}) {
    CAPTURE(base);
    const Folder folder;
    for (const std::string name : {"train2014/1.png", "train2014/2.png", "val2014/3.png", "test2014/4.png", "annotations/5.png"})
      put_picture(folder, base + name);
    CHECK(names(folder.path, Split::train) == Names{base + "train2014/1.png", base + "train2014/2.png"});
    CHECK(names(folder.path, Split::validation) == Names{base + "val2014/3.png"});
  }
}

TEST_CASE("a folder called train among others is no split, and one alone has no validation") {
  const Folder folder;
  put_picture(folder, "train/1.png");
  CHECK(has(refusal([&] { open_picture_set(folder.path, Split::validation); }), "all its pictures are for training"));
  put_picture(folder, "tram/2.png");
  CHECK(names(folder.path, Split::validation).size() == 2);
  CHECK(names(folder.path, Split::train).size() == 2);
}

TEST_CASE("what is no set of pictures is refused in a sentence") {
  const Folder folder;
  CHECK(has(refusal([&] { open_picture_set(folder / "none", Split::train); }), "there is no such file or folder"));
  CHECK(has(refusal([&] { open_picture_set(folder.path, Split::train); }), "there is no .jpg, .jpeg, .png or .webp picture"));
  put_picture(folder, "one.png");
  CHECK(has(refusal([&] { open_picture_set(folder / "one.png", Split::train); }), "name the folder"));
}

namespace {

/// The byte at flat position `b` of a set of tests/reference/style_dataset.py.
uint8_t recorded_byte(size_t b, size_t add) { return static_cast<uint8_t>((7 * b + b / 256 + add) % 256); }

void check_recorded(const PictureSet& set, int64_t count, size_t add) {
  REQUIRE(set.size() == count);
  for (int64_t i = 0; i < count; ++i) {
    const Picture picture = set.read(i, 1);
    REQUIRE(picture.rgb.size() == 3 * 16 * 16);
    CHECK(picture.width == 16);
    CHECK(picture.height == 16);
    for (size_t b = 0; b < picture.rgb.size(); ++b)
      REQUIRE(picture.rgb[b] == recorded_byte(static_cast<size_t>(i) * 768 + b, add) / 255.0f);
  }
}

const std::string recorded_set = IMPASTO_TEST_DATA "/style_dataset.h5";

/// A set of two photographs of 2x4 pixels whose bytes count up.
void put_set(Hdf5& file, const std::string& name, const Dims& dims = {2, 3, 2, 4}) {
  std::vector<uint8_t> bytes(48);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  file.data(name, dims, H5T_STD_U8LE, bytes.data());
}

}  // namespace

TEST_CASE("a set as make_style_dataset.py writes it is read, each split by itself") {
  auto train = open_picture_set(recorded_set, Split::train);
  const auto validation = open_picture_set(recorded_set, Split::validation);
  check_recorded(*train, 3, 0);
  CHECK(has(train->name(2), "style_dataset.h5, photograph 2"));
  train.reset();  // the other has the same file open
  check_recorded(*validation, 2, 100);
  CHECK(has(refusal([&] { validation->read(2, 1); }), "has no such rows"));
}

TEST_CASE("photographs in chunks are read one by one, however the chunks divide them") {
  const Folder folder;
  for (const Dims& chunk : {Dims{1, 3, 2, 4}, Dims{2, 3, 2, 4}, Dims{2, 1, 2, 3}, Dims{1, 2, 1, 1}}) {
    CAPTURE(chunk[0]);
    {
      Hdf5 file(folder / "set.h5");
      file.chunked(chunk);
      H5Pset_deflate(file.storage, 4);
      put_set(file, "photos/images");
    }
    const auto set = open_picture_set(folder / "set.h5", Split::train);
    for (const int64_t i : {1, 0}) {
      const Picture picture = set->read(i, 1);
      for (size_t b = 0; b < 24; ++b) CHECK(picture.rgb[b] == static_cast<float>(static_cast<size_t>(i) * 24 + b) / 255);
    }
  }
}

TEST_CASE("a single group serves for either split, a training group not for validation") {
  const Folder folder;
  {
    Hdf5 file(folder / "one.h5");
    put_set(file, "photos/images");
  }
  for (const Split split : {Split::train, Split::validation}) CHECK(open_picture_set(folder / "one.h5", split)->size() == 2);
  {
    Hdf5 file(folder / "train.h5");
    put_set(file, "train2014/images");
  }
  CHECK(open_picture_set(folder / "train.h5", Split::train)->size() == 2);
  CHECK(has(refusal([&] { open_picture_set(folder / "train.h5", Split::validation); }),
            "which photographs are for validation cannot be told"));
  {
    Hdf5 file(folder / "two.h5");
    put_set(file, "a/images");
    put_set(file, "b/images");
  }
  CHECK(has(refusal([&] { open_picture_set(folder / "two.h5", Split::train); }), "there is /a/images, /b/images"));
}

TEST_CASE("HDF5 files that are no set of photographs are refused in a sentence") {
  const Folder folder;
  const auto refused = [&](const std::string& words) {
    return has(refusal([&] { open_picture_set(folder / "a.h5", Split::train); }), words);
  };
  {
    Hdf5 file(folder / "a.h5");
    put_set(file, "train2014/pixels");
  }
  CHECK(refused("has no photographs"));
  { Hdf5(folder / "a.h5").floats("train2014/images", {1, 3, 1, 1}, ramp(3)); }
  CHECK(refused("has values of type f32"));
  {
    Hdf5 file(folder / "a.h5");
    put_set(file, "train2014/images", {2, 2, 4, 3});
  }
  CHECK(refused("is not of shape [N, 3, H, W]"));
  {
    Hdf5 file(folder / "a.h5");
    put_set(file, "train2014/images", {48});
  }
  CHECK(refused("is not of shape [N, 3, H, W]"));
  {
    Hdf5 file(folder / "a.h5");
    file.data("train2014/images", {1, 3, 20000, 20000}, H5T_STD_U8LE, nullptr);
  }
  CHECK(refused("fetch it again"));
  spill(folder / "a.h5", "<!DOCTYPE html>" + std::string(200, ' '));
  CHECK(refused("a.h5"));
  spill(folder / "a.h5", slurp(recorded_set).substr(0, 3000));
  CHECK(refused("a.h5"));
}

TEST_CASE("chunks so large that each photograph would cost them are refused") {
  const Folder folder;
  {
    Hdf5 file(folder / "a.h5");
    file.chunked({24, 3, 1000, 1000});
    H5Pset_deflate(file.storage, 1);
    std::vector<uint8_t> none(72'000'000);
    file.data("train/images", {24, 3, 1000, 1000}, H5T_STD_U8LE, none.data());
  }
  CHECK(has(refusal([&] { open_picture_set(folder / "a.h5", Split::train); }), "has chunks of 68 MiB"));
}

TEST_CASE("a set with a byte changed anywhere is read or refused") {
  const Folder folder;
  const int refused = flipped_bytes(recorded_set, folder / "a.h5", 4000, 11, [&] {
    for (const Split split : {Split::train, Split::validation}) {
      const auto set = open_picture_set(folder / "a.h5", split);
      for (int64_t i = 0; i < std::min<int64_t>(set->size(), 5); ++i) set->read(i, 1);
    }
  });
  CHECK(refused > 100);
}
