// Sheets of pictures with words, and `impasto styles` from outside.
#include "tools/sheet.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "tests/tools/gallery.h"
#include "tools/label.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

Picture flat(int width, int height, float value) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb.assign(3 * p.pixels(), value);
  return p;
}

float at(const Picture& p, int x, int y) { return p.rgb[size_t(y * p.width + x)]; }

int dark_pixels(const Picture& p) {
  return int(std::count_if(p.rgb.begin(), p.rgb.begin() + std::ptrdiff_t(p.pixels()), [](float v) { return v < 0.5f; }));
}

}  // namespace

TEST_CASE("a sheet has its tiles in the middle of their cells, on white") {
  // Columns of 96 and 48, margins of 96 / 24 = 4.
  const Picture out = sheet({{{flat(96, 40, 0.6f), ""}, {flat(48, 20, 0.7f), ""}}, {{flat(48, 8, 0.8f), ""}}}, LabelPlace::below);
  CHECK(out.width == 96 + 48 + 3 * 4);
  CHECK(out.height == 40 + 8 + 3 * 4);
  CHECK(at(out, 4, 4) == 0.6f);
  CHECK(at(out, 99, 43) == 0.6f);
  CHECK(at(out, 3, 4) == 1);
  CHECK(at(out, 104, 14) == 0.7f);
  CHECK(at(out, 104, 13) == 1);
  CHECK(at(out, 4 + 24, 48) == 0.8f);
  CHECK(at(out, 4 + 23, 48) == 1);
  CHECK_THROWS_AS(sheet({}, LabelPlace::below), UsageError);
}

TEST_CASE("labels stand below or above, and take their height") {
  const Picture tile = flat(96, 40, 0.6f);
  const Picture below = sheet({{{tile, "7 wave"}}}, LabelPlace::below), above = sheet({{{tile, "7 wave"}}}, LabelPlace::above);
  CHECK(below.height == 40 + 2 * 4 + label_height(1) + 4);
  CHECK(above.height == below.height);
  CHECK(at(below, 4, 4) == 0.6f);
  CHECK(at(above, 4, 4) == 1);
  CHECK(at(above, 4, below.height - 5) == 0.6f);
  CHECK(dark_pixels(below) == dark_pixels(above));
  CHECK(dark_pixels(below) > 20);
}

TEST_CASE("a label is cut to its width, and draws nothing outside or unknown") {
  const std::string text = "a rather long name";
  CHECK(fitted_label(text, 2, 10'000) == text);
  const std::string cut = fitted_label(text, 2, 100);
  CHECK(cut.ends_with(".."));
  CHECK(label_width(cut, 2) <= 100);
  CHECK(label_width(text, 2) == 2 * label_width(text, 1));
  CHECK(fitted_label("L\u00e9ger\n", 1, 1000) == "L?ger?");
  Picture picture = flat(5, 5, 1);
  draw_label(picture, "WWW\xff", -3, -3, 3, 0);
  draw_label(picture, "", 0, 0, 1, 0);
  CHECK(dark_pixels(picture) > 0);
}

TEST_CASE("transparent tiles lie on white") {
  Picture tile = flat(24, 24, 0.5f);
  tile.alpha.assign(tile.pixels(), 0.5f);
  CHECK(at(sheet({{{tile, ""}}}, LabelPlace::below), 10, 10) == 0.75f);
}

TEST_CASE("tiles are broken into rows that make a sheet of about 3 : 2") {
  for (const size_t count : {1, 4, 27}) {
    const auto rows = in_rows(std::vector<Tile>(count, {flat(30, 20, 0), ""}));
    size_t all = 0;
    for (const auto& row : rows) all += row.size();
    CHECK(all == count);
    const double aspect = 1.5 * double(rows[0].size()) / double(rows.size());
    CHECK(aspect > 0.9);
    CHECK(aspect < 2.5);
  }
  CHECK(in_rows({}).empty());
}

TEST_CASE("styles lists the networks of the cache, and says how to get styles26") {
  const Gallery gallery;
  fs::copy(gallery.path + "/one.h5", gallery.path + "/cache/mine.h5");
  std::ofstream(gallery.path + "/cache/broken.h5") << "nothing";
  const Answer list = gallery.run("styles", " 2>broken");
  CAPTURE(list.said);
  CHECK(list.code == 0);
  for (const char* word : {"styles26  (3 styles, cache/styles26.h5)", "    0  quiet-dusk  a painting\n", "    2  acid-green\n",
                           "mine  (one style, cache/mine.h5)"})
    CHECK(list.has(word));
  CHECK_FALSE(list.has("weights get"));
  CHECK(gallery.bytes("broken").starts_with("impasto: cache/broken.h5: "));
  const auto json = nlohmann::json::parse(gallery.run("styles --json", " 2>/dev/null").said);
  const auto ready = std::find_if(json.begin(), json.end(), [](const auto& net) { return net["net"] == "styles26"; });
  REQUIRE(ready != json.end());
  CHECK((*(ready - 1))["net"] == "mine");
  CHECK((*ready)["styles"][1]["name"] == "Wave Print");
  CHECK((*ready)["styles"][1]["number"] == 1);
  fs::remove_all(gallery.path + "/cache");
  const Answer none = gallery.run("styles");
  CHECK(none.code == 0);
  CHECK(none.has("`impasto weights get styles26`"));
  CHECK_FALSE(gallery.run("styles --json").has("cache"));
}

TEST_CASE("a sheet of one photo shows it first and then every style; of several a row each") {
  const Gallery gallery;  // a photo of 47 x 34
  const Answer answer = gallery.run("styles --sheet photo.png -o sheet.png --size 48 --style styles26");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  // 4 tiles of 48 x 35 in rows of 2, margins of 4.
  const Picture one = gallery.read("sheet.png");
  CHECK(one.width == 2 * 48 + 3 * 4);
  CHECK(one.height == 2 * (35 + label_height(1) + 4) + 3 * 4);
  write_picture(gallery.path + "/small.png", picture(4, 24, 48));
  REQUIRE(gallery.run("styles --sheet photo.png small.png -o matrix.png --size 48 --style 2 --style one.h5 --style 0:1,2:1").code == 0);
  const Picture matrix = gallery.read("matrix.png");
  CHECK(matrix.width == 4 * 48 + 5 * 4);
  CHECK(matrix.height == 35 + 48 + label_height(1) + 4 + 3 * 4);
  // Without a choice it is all that `impasto styles` lists.
  REQUIRE(gallery.run("styles --sheet photo.png small.png -o all.png --size 48").code == 0);
  const auto nets = nlohmann::json::parse(gallery.run("styles --json", " 2>/dev/null").said);
  int styles = 0;
  for (const auto& net : nets) styles += int(net["styles"].size());
  CHECK(gallery.read("all.png").width == (1 + styles) * 48 + (2 + styles) * 4);
}
