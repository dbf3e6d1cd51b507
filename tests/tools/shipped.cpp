// The networks that come with the program, and the landscape that is painted where no photograph is at hand.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <set>

#include "tests/tools/gallery.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

struct Shipped {
  std::string name, file;
};

std::vector<Shipped> shipped(const Gallery& gallery) {
  std::vector<Shipped> list;
  for (const auto& net : nlohmann::json::parse(gallery.run("styles --json", " 2>/dev/null").said))
    if (const std::string file = net["file"]; !file.starts_with("cache/")) list.push_back({net["net"], file});
  return list;
}

}  // namespace

TEST_CASE("five networks come with impasto, found by name; each paints in its own way and says where it is from") {
  const Gallery gallery;
  const std::vector<Shipped> list = shipped(gallery);
  REQUIRE(list.size() == 5);
  write_picture(gallery.path + "/photo.png", picture(1, 96, 80));
  const Picture photo = gallery.read("photo.png");
  std::vector<Picture> painted;
  for (const auto& [name, file] : list) {
    CAPTURE(name);
    CHECK(fs::file_size(file) < 4'000'000);
    CHECK(gallery.run("weights verify '" + file + "'").code == 0);
    const Answer inspected = gallery.run("weights inspect '" + file + "'");
    CHECK(inspected.has("licence       MIT"));
    CHECK(inspected.has("provenance    trained by impasto on "));
    CHECK(gallery.run("styles").has(name + "  (one style"));
    const Answer answer = gallery.run("stylize photo.png --style " + name + " -o out.png");
    CAPTURE(answer.said);
    REQUIRE(answer.code == 0);
    painted.push_back(gallery.read("out.png"));
    CHECK(largest_difference(painted.back(), photo) > 30);
    for (size_t k = 0; k + 1 < painted.size(); k++) CHECK(largest_difference(painted.back(), painted[k]) > 30);
  }
}

TEST_CASE("a network of the cache goes before one of the same name that comes with impasto") {
  const Gallery gallery;
  const std::vector<Shipped> list = shipped(gallery);
  REQUIRE(!list.empty());
  fs::copy(gallery.path + "/one.h5", gallery.path + "/cache/" + list[0].name + ".h5");
  CHECK(shipped(gallery).size() == list.size() - 1);
  REQUIRE(gallery.run("stylize photo.png --style one.h5 -o one.png").code == 0);
  REQUIRE(gallery.run("stylize photo.png --style " + list[0].name + " -o own.png").code == 0);
  CHECK(gallery.bytes("own.png") == gallery.bytes("one.png"));
}

TEST_CASE("landscape draws the same picture for the same number, and another for another") {
  const Gallery gallery;
  for (const std::string words : {"-o a.png", "-o again.png", "-o b.png --seed 2"})
    REQUIRE(gallery.run("landscape --width 90 --height 60 " + words).code == 0);
  CHECK(gallery.bytes("a.png") == gallery.bytes("again.png"));
  const Picture a = gallery.read("a.png"), b = gallery.read("b.png");
  CHECK(a.width == 90);
  CHECK(a.height == 60);
  CHECK(largest_difference(a, b) > 50);
  const std::set<float> values(a.rgb.begin(), a.rgb.end());
  CHECK(values.size() > 100);
  CHECK(gallery.run("landscape --height 1 -o c.png").code == 2);
  CHECK(gallery.run("landscape -o nowhere/c.png").code != 0);
  CHECK_FALSE(fs::exists(gallery.path + "/c.png"));
}
