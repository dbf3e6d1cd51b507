// `impasto stylize` from outside: what it paints, where it puts it, and what it says.
#include <doctest/doctest.h>

#include "loaders/colour.h"
#include "loaders/median.h"
#include "tests/loaders/crafted.h"
#include "tests/tools/gallery.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

constexpr double rounding = 0.51;  // of a value to one of 255 levels

}  // namespace

TEST_CASE("one photo becomes what the library paints, of the photo's size, and one line says so") {
  const Gallery gallery;
  const Answer answer = gallery.run("stylize photo.png --style one.h5 -o out.png");
  CAPTURE(answer.said);
  CHECK(answer.code == 0);
  CHECK(answer.lines() == 1);
  CHECK(answer.said.starts_with("out.png: 47x34, "));
  const Picture photo = gallery.read("photo.png"), wanted = painted(one_style(), photo);
  CHECK(largest_difference(gallery.read("out.png"), wanted) < rounding);
  CHECK(largest_difference(wanted, photo) > 20);
  REQUIRE(gallery.run("stylize photo.png --style one.h5 -o slow.png --backend reference").code == 0);
  CHECK(largest_difference(gallery.read("slow.png"), wanted) < rounding + 0.1);
}

TEST_CASE("any size in, the same size out; --size asked for is met") {
  const Gallery gallery;
  for (const auto& [width, height] : {std::pair{1, 1}, {7, 5}, {3, 40}}) {
    write_picture(gallery.path + "/odd.png", picture(2, width, height));
    for (const std::string style : {"one.h5", "1"}) {
      const Answer answer = gallery.run("stylize odd.png --style " + style + " -o out.png");
      CAPTURE(answer.said);
      REQUIRE(answer.code == 0);
      CHECK(gallery.read("out.png").width == width);
      CHECK(gallery.read("out.png").height == height);
    }
  }
  for (const int size : {20, 94}) {
    REQUIRE(gallery.run("stylize photo.png --style one.h5 -o out.png --size " + std::to_string(size)).code == 0);
    CHECK(gallery.read("out.png").width == size);
    CHECK(gallery.read("out.png").height == (size == 20 ? 14 : 68));
  }
}

TEST_CASE("strength, colour and median are those of the library") {
  const Gallery gallery;
  const Picture photo = gallery.read("photo.png"), full = painted(one_style(), photo);
  const std::pair<std::string, Picture> cases[] = {
      {"--strength 0", photo},
      {"--strength 0.25", mix(full, photo, 0.25)},
      {"--median 5", median(full, 5)},
      {"--keep-color luminance", keep_colour(full, photo, KeepColour::luminance)},
      {"--keep-colour histogram", keep_colour(full, photo, KeepColour::histogram)},
      {"--keep-color cholesky --median 3 --strength 0.5", mix(keep_colour(median(full, 3), photo, KeepColour::cholesky), photo, 0.5)},
      {"--keep-color none", full},
  };
  for (const auto& [words, wanted] : cases) {
    CAPTURE(words);
    REQUIRE(gallery.run("stylize photo.png --style one.h5 -o out.png " + words).code == 0);
    CHECK(largest_difference(gallery.read("out.png"), wanted) < rounding);
  }
  REQUIRE(gallery.run("stylize photo.png --style one.h5 -o out.png --strength 0").code == 0);
  CHECK(gallery.read("out.png").rgb == photo.rgb);
}

TEST_CASE("styles are chosen by number and name, and blended") {
  const Gallery gallery;
  const Picture photo = gallery.read("photo.png");
  const auto run = [&](const std::string& style) {
    const Answer answer = gallery.run("stylize photo.png -o out.png --style " + style);
    CAPTURE(answer.said);
    REQUIRE(answer.code == 0);
    return gallery.read("out.png");
  };
  const Picture second = painted(three_styles(), photo, {0, 1, 0}), half = painted(three_styles(), photo, {0.75, 0.25, 0});
  CHECK(largest_difference(second, half) > 5);
  for (const std::string style :
       {"1", "wave-print", "'WAVE print'", "styles26:1", "styles26:wave_print", "cache/styles26.h5:1", "wave-print:2,0:0"})
    CHECK(largest_difference(run(style), second) < rounding);
  for (const std::string style :
       {"0:3,1:1", "quiet-dusk:0.75,wave-print:.25", "cache/styles26.h5:1:0.25,0:0.75", "styles26:0:3,wave-print:1"})
    CHECK(largest_difference(run(style), half) < rounding);
  fs::copy(gallery.path + "/one.h5", gallery.path + "/cache/mine.h5");
  CHECK(largest_difference(run("mine"), painted(one_style(), photo)) < rounding);
}

TEST_CASE("a folder is mirrored; what cannot be read is listed at the end, and the others are there") {
  const Gallery gallery;
  fs::create_directories(gallery.path + "/photos/sub/.hidden");
  write_picture(gallery.path + "/photos/b.jpg", picture(1, 30, 20));
  write_picture(gallery.path + "/photos/sub/a.webp", picture(2, 9, 31));
  write_picture(gallery.path + "/photos/sub/c.PNG", picture(3, 16, 16));
  write_picture(gallery.path + "/photos/sub/.hidden/d.png", picture(3, 16, 16));
  write_picture(gallery.path + "/photos/.e.png", picture(3, 16, 16));
  std::ofstream(gallery.path + "/photos/broken.png") << "<!DOCTYPE html>";
  std::ofstream(gallery.path + "/photos/notes.txt") << "hello";
  const Answer answer = gallery.run("stylize photos --style one.h5 -o new/out --json run.json");
  CAPTURE(answer.said);
  CHECK(answer.code == 1);
  CHECK(answer.has("impasto: 1 of 4 pictures failed:\n  photos/broken.png: "));
  CHECK(answer.lines() == 5);
  CHECK(gallery.read("new/out/b.jpg").width == 30);
  CHECK(gallery.read("new/out/sub/a.webp").height == 31);
  CHECK(gallery.read("new/out/sub/c.PNG").width == 16);
  CHECK_FALSE(gallery.there("new/out/broken.png"));
  CHECK_FALSE(gallery.there("new/out/.e.png"));
  CHECK_FALSE(gallery.there("new/out/sub/.hidden"));

  const auto json = gallery.json("run.json");
  CHECK(json["pictures"].size() == 4);
  CHECK(json["pictures"][0]["photo"] == "photos/b.jpg");
  CHECK(json["pictures"][0]["out"] == "new/out/b.jpg");
  CHECK(json["pictures"][0]["width"] == 30);
  CHECK(json["pictures"][0]["styles"][0]["weight"] == 1);
  CHECK(json["pictures"][0]["seconds"]["paint"].get<double>() > 0);
  CHECK(json["pictures"][1]["error"].get<std::string>().starts_with("photos/broken.png: "));
  CHECK_FALSE(json["pictures"][2].contains("error"));
  CHECK(json["totals"]["pictures"] == 4);
  CHECK(json["totals"]["failed"] == 1);
  double paint = 0;
  for (const auto& picture : json["pictures"]) paint += picture["seconds"]["paint"].get<double>();
  CHECK(json["totals"]["seconds"]["paint"].get<double>() == doctest::Approx(paint));
  CHECK(json["totals"]["peak_memory_bytes"].get<double>() >= json["pictures"][3]["peak_memory_bytes"].get<double>());
}

TEST_CASE("several photos go into a folder that is there") {
  const Gallery gallery;
  fs::create_directory(gallery.path + "/out");
  fs::copy(gallery.path + "/photo.png", gallery.path + "/unnamed");
  const Answer answer = gallery.run("stylize photo.png unnamed --style 0 -o out");
  CAPTURE(answer.said);
  CHECK(answer.code == 0);
  CHECK(gallery.bytes("out/photo.png") == gallery.bytes("out/unnamed.png"));
  CHECK(gallery.run("stylize photo.png --style 1 -o out").said.starts_with("out/photo.png: "));
  CHECK(gallery.bytes("out/photo.png") != gallery.bytes("out/unnamed.png"));
}

TEST_CASE("from standard input to standard output, which then holds nothing else") {
  const Gallery gallery;
  const Answer answer = gallery.shell("cat photo.png | '" IMPASTO_PROGRAM "' stylize - --style one.h5 -o - 2>said >piped.png");
  CHECK(answer.code == 0);
  CHECK(gallery.bytes("said").empty());
  CHECK(largest_difference(gallery.read("piped.png"), painted(one_style(), gallery.read("photo.png"))) < rounding);
}

TEST_CASE("the report alone on standard output, of a picture and of one that failed") {
  const Gallery gallery;
  const Answer answer = gallery.run("stylize photo.png --style 0:1,2:3 -o out.png --json -", " 2>/dev/null");
  CHECK(answer.lines() == 1);
  const auto json = nlohmann::json::parse(answer.said)["pictures"][0];
  CHECK(json["styles"][0]["name"] == "quiet-dusk");
  CHECK(json["styles"][1]["number"] == 2);
  CHECK(json["styles"][1]["weight"] == 0.75);
  const Answer failed = gallery.run("stylize missing.png --style 0 -o out.png --json -", " 2>/dev/null");
  CHECK(failed.code == 1);
  CHECK(nlohmann::json::parse(failed.said)["pictures"][0]["error"].get<std::string>().starts_with("missing.png: "));
}

TEST_CASE("alpha stays, grey becomes colour, a turned photo is upright") {
  const Gallery gallery;
  Picture clear = picture(1, 21, 13);
  for (size_t i = 0; i < clear.pixels(); i++) clear.alpha.push_back(i % 2 ? 1.0f : 0.0f);
  write_picture(gallery.path + "/clear.png", clear);
  REQUIRE(gallery.run("stylize clear.png --style one.h5 -o out.png --keep-color histogram").code == 0);
  CHECK(gallery.read("out.png").alpha == clear.alpha);

  const auto write = [&](const std::string& name, const crafted::File& bytes) {
    std::ofstream(gallery.path + '/' + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
  };
  write("grey.png", crafted::png(3, 2, 8, crafted::grey, {10, 60, 110, 160, 210, 255}));
  REQUIRE(gallery.run("stylize grey.png --style one.h5 -o out.png").code == 0);
  const Picture painted_grey = gallery.read("out.png");
  CHECK_FALSE(painted_grey.grey);
  CHECK(painted_grey.width == 3);

  crafted::File turned;
  crafted::put_chunk(turned, "eXIf", crafted::tiff(6, true));
  write("turned.png", crafted::png(3, 2, 8, crafted::grey, {10, 60, 110, 160, 210, 255}, turned));
  REQUIRE(gallery.run("stylize turned.png --style one.h5 -o out.png --strength 0").code == 0);
  CHECK(gallery.read("out.png").width == 2);
  CHECK(gallery.read("out.png").rgb == gallery.read("turned.png").rgb);
}

TEST_CASE("quality makes the file smaller") {
  const Gallery gallery;
  for (const std::string quality : {"20", "95"})
    REQUIRE(gallery.run("stylize photo.png --style 0 -o q" + quality + ".jpg --quality " + quality).code == 0);
  CHECK(gallery.bytes("q20.jpg").size() < gallery.bytes("q95.jpg").size());
}

TEST_CASE("an interrupted run of many photos ends after a picture and says how many there are") {
  const Gallery gallery;
  fs::create_directory(gallery.path + "/many");
  write_picture(gallery.path + "/many/1000.png", picture(1, 800, 600));
  for (int k = 1001; k < 1400; k++)
    fs::create_hard_link(gallery.path + "/many/1000.png", gallery.path + "/many/" + std::to_string(k) + ".png");
  const Answer answer =
      gallery.shell("timeout -s INT 3 '" IMPASTO_PROGRAM "' stylize many --style one.h5 -o out --json run.json 2>&1 >lines");
  CAPTURE(answer.said);
  CHECK(answer.has("interrupted after "));
  CHECK(answer.has(" of 400 pictures; those are in out"));
  const size_t done = gallery.json("run.json")["pictures"].size();
  CHECK(done >= 1);
  CHECK(done < 400);
  CHECK(std::distance(fs::directory_iterator(gallery.path + "/out"), {}) == std::ptrdiff_t(done));
}
