// `impasto stylize` and `impasto styles` from outside: wrong calls and bad files.
#include <doctest/doctest.h>

#include "tests/tools/gallery.h"
#include "tools/memory.h"
#include "tools/prepare.h"

using namespace impasto;
using namespace impasto::studio;

TEST_CASE("a wrong call ends with code 2 and one sentence, before any work") {
  const Gallery gallery;
  fs::create_directories(gallery.path + "/a");
  fs::create_directories(gallery.path + "/b");
  fs::copy(gallery.path + "/photo.png", gallery.path + "/a/photo.png");
  fs::copy(gallery.path + "/photo.png", gallery.path + "/b/photo.png");
  const std::pair<std::string, std::string> wrong[] = {
      {"stylize photo.png --style one.h5", "--output is required"},
      {"stylize --style one.h5 -o out.png", "PHOTO"},
      {"stylize photo.png -o out.png", "--style is missing: `impasto styles` lists"},
      {"stylize photo.png --style one.h5 -o out.gif", ".png"},
      {"stylize photo.png a --style one.h5 -o one.h5", "one.h5 is a file, and several pictures need a folder"},
      {"stylize photo.png a --style one.h5 -o -", "takes one picture"},
      {"stylize photo.png - --style one.h5 -o out", "standard input (-) is one photo"},
      {"stylize a/photo.png b/photo.png --style one.h5 -o out", "would both become out/photo.png"},
      {"stylize photo.png --style one.h5 -o photo.png", "photo.png is a photo and would be painted over"},
      {"stylize photo.png --style one.h5 -o a/../photo.png", "would be painted over"},
      {"stylize a --style one.h5 -o a", "a/photo.png is a photo and would be painted over"},
      {"stylize photo.png --style one.h5 -o out.png --json out.png", "--json would write over out.png"},
      {"stylize photo.png --style one.h5 -o out.png --json photo.png", "--json would write over photo.png"},
      {"stylize photo.png --style one.h5 -o - --json -", "--json would write to standard output"},
      {"stylize photo.png --style one.h5 -o out.png --size 0", "--size"},
      {"stylize photo.png --style one.h5 -o out.png --strength 1.1", "--strength"},
      {"stylize photo.png --style one.h5 -o out.png --median 4", "--median"},
      {"stylize photo.png --style one.h5 -o out.png --quality 0", "--quality"},
      {"stylize photo.png --style one.h5 -o out.png --keep-color red", "--keep-color"},
      {"stylize photo.png --style one.h5 -o out.png --backend gpu", "--backend"},
      {"stylize photo.png --style wav -o out.png", "styles26 has no style \"wav\"; did you mean Wave Print?"},
      {"stylize photo.png --style zzzzzzzz -o out.png", "there are 0 quiet-dusk, 1 Wave Print, 2 acid-green"},
      {"stylize photo.png --style 3 -o out.png", "numbers 0 to 2"},
      {"stylize photo.png --style 0:x,1:1 -o out.png", "\"x\" in \"0:x\" is no weight"},
      {"stylize photo.png --style one.h5:1 -o out.png", "holds one style only"},
      {"stylize photo.png --style styles26 -o out.png", "holds 3 styles: choose one"},
      {"stylize photo.png --style photo.png -o out.png", "networks are read from .h5, .onnx, .safetensors, .pth and .t7 files"},
      {"styles --sheet photo.png", "belong together"},
      {"styles --sheet a -o out.png", "not folders"},
      {"styles --sheet photo.png -o photo.png", "would be painted over"},
      {"styles --sheet photo.png -o out.txt", ".png"},
      {"styles --style 1", "--style is for --sheet"},
  };
  for (const auto& [words, reason] : wrong) {
    CAPTURE(words);
    const Answer answer = gallery.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == 2);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(gallery.there("out.png"));
  CHECK_FALSE(gallery.there("out"));
}

TEST_CASE("what fails ends with code 1 and one sentence") {
  const Gallery gallery;
  fs::create_directories(gallery.path + "/empty");
  std::ofstream(gallery.path + "/text.png") << "<!DOCTYPE html>";
  std::ofstream(gallery.path + "/text.h5") << "<!DOCTYPE html>";
  const std::pair<std::string, std::string> failing[] = {
      {"stylize missing.png --style one.h5 -o out.png", "missing.png: "},
      {"stylize text.png --style one.h5 -o out.png", "text.png: "},
      {"stylize empty --style one.h5 -o out", "empty: there is no .jpg, .jpeg, .png or .webp picture"},
      {"stylize photo.png --style one.h5 -o nowhere/out.png", "nowhere/out.png: "},
      {"stylize photo.png --style one.h5 -o out.png --json nowhere/x.json", "nowhere/x.json: "},
      {"stylize photo.png --style missing.h5 -o out.png", "missing.h5: "},
      {"stylize photo.png --style text.h5 -o out.png", "text.h5: "},
      {"stylize photo.png missing.png --style one.h5 -o photo.png/out", "photo.png/out: this folder cannot be made"},
      {"stylize photo.png --style one.h5 -o out.png --size 65535", "use a smaller --size"},
      {"styles --sheet missing.png -o out.png", "missing.png: "},
  };
  for (const auto& [words, reason] : failing) {
    CAPTURE(words);
    const Answer answer = gallery.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == 1);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(gallery.there("out.png"));
  fs::remove(gallery.path + "/cache/styles26.h5");
  for (const std::string words : {"stylize photo.png --style wave -o out.png", "stylize photo.png --style styles26:1 -o out.png",
                                  "styles --sheet photo.png --style styles26 -o out.png"}) {
    const Answer none = gallery.run(words);
    CHECK(none.code == 1);
    CHECK(none.has("run `impasto weights get styles26`"));
  }
}

TEST_CASE("what does not fit into the memory is refused with the size that does") {
  CHECK_NOTHROW(check_memory(1, 1000, 500));
  const size_t there = available_memory();
  if (there == 0) {
    MESSAGE("skipped: this system does not say how much memory is free");
    return;
  }
  try {
    check_memory(4 * there, 500, 1000, " or wait");
    FAIL("not refused");
  } catch (const MemoryError& error) {
    const std::string text = error.what();
    CHECK(text.ends_with(" or wait"));
    const int fits = std::stoi(text.substr(text.find("--size ") + 7));
    CHECK(fits > 430);  // half of it less 5 %, while others may take memory or give it back
    CHECK(fits < 520);
  }
}
