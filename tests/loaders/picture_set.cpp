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
