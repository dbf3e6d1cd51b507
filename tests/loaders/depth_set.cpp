// Photographs with depth, out of folders and files like NYU's, and the pieces of them that training sees.
#include "loaders/depth_set.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "loaders/depth_samples.h"
#include "loaders/plane_file.h"
#include "tests/loaders/crafted.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using samples::has;
using samples::refusal;

namespace {

Plane ramp(int width, int height, float first, float step) {
  Plane plane{width, height, {}};
  for (size_t p = 0; p < plane.pixels(); ++p) plane.values.push_back(first + step * static_cast<float>(p));
  return plane;
}

void put(const samples::Folder& folder, const std::string& picture, const std::string& depth, const Plane& plane, int width = 6,
         int height = 4) {
  std::filesystem::create_directories(std::filesystem::path(folder / picture).parent_path());
  std::filesystem::create_directories(std::filesystem::path(folder / depth).parent_path());
  write_picture(folder / picture, crafted::gradient(width, height));
  write_plane(folder / depth, plane);
}

/// 2 photographs of 3x2 pixels as MATLAB lays them out; `depths` of that length.
void write_nyu(const std::string& path, std::vector<float> depths, samples::Dims images = {2, 3, 3, 2}) {
  std::vector<uint8_t> bytes(2 * 3 * 3 * 2);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i);
  samples::Hdf5(path)
      .data("images", images, H5T_STD_U8LE, bytes.data())
      .data("depths", {2, 3, 2}, H5T_IEEE_F32LE, depths.data())
      .data("names", {1}, H5T_STD_I64LE, depths.data());  // of another type, never looked at
}

}  // namespace

TEST_CASE("a folder's pairs are found by either habit of names, depth comes in metres and disparity turned over") {
  const samples::Folder folder;
  put(folder, "a_rgb.png", "a_depth.png", ramp(6, 4, 0, 1000.0f / 65535));
  put(folder, "nested/b_rgb.jpg", "nested/b_disp.png", ramp(6, 4, 0, 0.04f));
  put(folder, "rgb/c.png", "depth/c.png", ramp(6, 4, 0.5f, 0));
  write_picture(folder / "alone_rgb.png", crafted::gradient(6, 4));
  const auto set = open_depth_set(folder.path.string());
  REQUIRE(set->size() == 3);
  CHECK(set->name(0) == folder / "a_rgb.png");
  CHECK(set->name(1) == folder / "rgb/c.png");
  CHECK(set->name(2) == folder / "nested/b_rgb.jpg");
  const DepthPair a = set->read(0);
  CHECK(a.picture.width == 6);
  CHECK(a.depth.values[0] == 0);  // unknown
  CHECK(a.depth.values[5] == doctest::Approx(5.0));
  CHECK(open_depth_set(folder.path.string(), 0.01)->read(0).depth.values[5] == doctest::Approx(50.0));
  const DepthPair b = set->read(2);
  CHECK(b.depth.values[0] == 0);
  CHECK(b.depth.values[10] == doctest::Approx(1 / 0.4).epsilon(1e-4));
}

TEST_CASE("pairs that cannot be used are refused with the picture's name") {
  const samples::Folder folder;
  put(folder, "a_rgb.png", "a_depth.png", ramp(5, 4, 0.1f, 0));
  CHECK(has(refusal([&] { open_depth_set(folder.path.string())->read(0); }), "a_rgb.png: its depth is 5x4 and it 6x4 pixels"));
  write_picture(folder / "a_depth.png", crafted::gradient(6, 4));
  CHECK(has(refusal([&] { open_depth_set(folder.path.string())->read(0); }), "a_depth.png: a picture in colour"));
  const samples::Folder without;
  write_picture(without / "photo.png", crafted::gradient(6, 4));
  CHECK(has(refusal([&] { open_depth_set(without.path.string()); }), "NAME_rgb.jpg beside NAME_depth.png"));
  CHECK(has(refusal([&] { open_depth_set("nowhere"); }), "no such file"));
  CHECK(has(refusal([&] { open_depth_set(without / "photo.png"); }), "no set of photographs with depth"));
}

TEST_CASE("a file like NYU Depth v2's is read column by column, whatever else it holds") {
  const samples::Folder folder;
  std::vector<float> depths{1, 2, 3, 4, 5, 6, 7, NAN, -1, 0, 1e9f, 12};
  write_nyu(folder / "nyu.mat", depths);
  const auto set = open_depth_set(folder / "nyu.mat");
  REQUIRE(set->size() == 2);
  const DepthPair first = set->read(0), second = set->read(1);
  CHECK(first.picture.width == 3);
  CHECK(first.picture.height == 2);
  CHECK(first.depth.values == std::vector<float>{1, 3, 5, 2, 4, 6});
  CHECK(first.picture.rgb[1] == doctest::Approx(2 / 255.0));            // red at x 1, y 0 stands at place 2
  CHECK(first.picture.rgb[6] == doctest::Approx(6 / 255.0));            // green begins
  CHECK(second.depth.values == std::vector<float>{7, 0, 0, 0, 0, 12});  // neither NaN nor infinite nor negative depths
  write_nyu(folder / "odd.mat", depths, {2, 3, 2, 3});
  CHECK(has(refusal([&] { open_depth_set(folder / "odd.mat"); }), "/images and /depths do not fit"));
  samples::Hdf5(folder / "empty.h5").floats("depths", {2, 3, 2}, depths);
  CHECK(has(refusal([&] { open_depth_set(folder / "empty.h5"); }), "has no /images"));
}

TEST_CASE("samples show picture and depth of the same rectangle, flipped alike, and depth is never mixed") {
  struct Steps : DepthSet {  // red and depth say the column, green the row
    int64_t size() const override { return 1; }
    std::string name(int64_t) const override { return "steps"; }
    DepthPair read(int64_t) const override {
      DepthPair pair;
      pair.picture.width = pair.depth.width = 60;
      pair.picture.height = pair.depth.height = 40;
      pair.picture.rgb.resize(3 * 2400);
      for (size_t p = 0; p < 2400; ++p) {
        pair.picture.rgb[p] = static_cast<float>(p % 60) / 60;
        pair.picture.rgb[2400 + p] = static_cast<float>(p / 60) / 40;
        pair.depth.values.push_back(static_cast<float>(1 + p % 60));
      }
      return pair;
    }
  };
  const auto plain = depth_samples(std::make_shared<Steps>(), {.width = 30, .height = 20, .augment = false});
  REQUIRE(plain->numbers() == 4 * 600);
  std::vector<float> out(2400);
  plain->write(0, 0, out.data());
  for (size_t x = 0; x < 30; ++x) CHECK(out[1800 + x] == static_cast<float>(2 * x + 2));  // the middle of two columns belongs to the second
  const auto drawn = depth_samples(std::make_shared<Steps>(), {.width = 30, .height = 20, .seed = 3});
  int flipped = 0;
  for (int64_t position = 0; position < 40; ++position) {
    drawn->write(0, position, out.data());
    const bool back = out[1800] > out[1829];
    flipped += back;
    for (size_t y = 0; y < 20; ++y)
      for (size_t x = 1; x < 30; ++x) {
        const float d = out[1800 + 30 * y + x], before = out[1800 + 30 * y + x - 1];
        REQUIRE(d == std::floor(d));
        REQUIRE((back ? before - d : d - before) >= 0);
        REQUIRE((back ? out[30 * y + x - 1] - out[30 * y + x] : out[30 * y + x] - out[30 * y + x - 1]) > -0.02f);  // red goes the same way
      }
  }
  CHECK(flipped > 10);
  CHECK(flipped < 30);
  std::vector<float> again(2400);
  drawn->write(0, 39, again.data());
  CHECK(again == out);
}

TEST_CASE("a picture of which next to nothing is known is passed over") {
  const samples::Folder folder;
  Plane hole = ramp(6, 4, 0, 0);
  hole.values[3] = 0.5f;
  put(folder, "a_rgb.png", "a_depth.png", hole);
  const auto set = depth_samples(open_depth_set(folder.path.string()), {.width = 3, .height = 2, .augment = false});
  std::vector<float> out(set->numbers());
  CHECK(has(refusal([&] { set->write(0, 0, out.data()); }), "too little of its depth is known"));
}
