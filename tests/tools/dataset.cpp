// `impasto dataset make` and `inspect` from outside.
#include <doctest/doctest.h>

#include "loaders/dataset_pixels.h"
#include "loaders/picture_set.h"
#include "tests/tools/shell.h"

using namespace impasto;

namespace {

struct Place : studio::Folder {
  /// photos/ with 5 pictures, of which one is cut short; others/ with two.
  Place() {
    for (const char* folder : {"/photos/deep", "/others"}) studio::fs::create_directories(path + folder);
    put("photos/a.png", 1, 64, 48);
    put("photos/b.png", 2, 40, 70);
    put("photos/deep/c.jpg", 3, 33, 33);
    put("photos/g.png", 4, 48, 32);
    std::ofstream(path + "/photos/broken.jpg", std::ios::binary) << bytes("photos/deep/c.jpg").substr(0, 400);
    put("others/x.png", 5, 50, 50);
    put("others/y.webp", 6, 50, 50);
  }
  void put(const std::string& name, uint32_t seed, int width, int height) const {
    write_picture(path + '/' + name, studio::picture(seed, width, height));
  }
  /// In photos/, of two contents, so that each takes a while and their order shows.
  void put_many(int count) const {
    put("photos/even0.png", 7, 200, 200);
    put("photos/odd0.png", 8, 200, 200);
    for (int i = 2; i < count; ++i)
      studio::fs::copy(path + (i % 2 == 0 ? "/photos/even0.png" : "/photos/odd0.png"), path + "/photos/more" + std::to_string(i) + ".png");
  }
  studio::Answer dataset(const std::string& words, const std::string& before = "") const {
    return studio::shell("cd '" + path + "' && " + before + " '" IMPASTO_PROGRAM "' dataset " + words + " 2>&1");
  }
};

}  // namespace

TEST_CASE("a data set is made of folders, broken photographs are listed, and inspect tells what is in it") {
  const Place place;
  const studio::Answer made = place.dataset("make photos -o set.h5 --validation others --size 32");
  CHECK(made.code == 0);
  CHECK(made.has("1 photograph is left out:\n  photos/broken.jpg: the file ends before the picture does"));
  CHECK(made.has("set.h5: 6 photographs of 32x32"));
  CHECK(open_picture_set(place.path + "/set.h5", Split::train)->size() == 4);
  const auto validation = open_picture_set(place.path + "/set.h5", Split::validation);
  CHECK(validation->size() == 2);
  const std::vector<uint8_t> pixels = dataset_pixels(place.read("others/y.webp"), 32, "y");
  const std::vector<float> stored = validation->read(1, 0).rgb;
  CHECK(std::equal(pixels.begin(), pixels.end(), stored.begin(), stored.end(),
                   [](uint8_t byte, float value) { return byte / 255.0f == value; }));
  CHECK_FALSE(place.there("set.h5.part"));
  const studio::Answer looked = place.dataset("inspect set.h5");
  CHECK(looked.code == 0);
  CHECK(looked.has("set.h5, training: 4 photographs; 32x32 pixels; 0 broken; "));
  CHECK(looked.has("set.h5, validation: 2 photographs; 32x32 pixels; 0 broken; "));
}

TEST_CASE("inspect looks over a folder: sizes, and what is broken") {
  const Place place;
  const studio::Answer looked = place.dataset("inspect photos");
  CHECK(looked.code == 0);
  CHECK(looked.lines() == 2);
  CHECK(looked.has("photos: 5 photographs; from 33x32 to 64x70 pixels; 1 broken; "));
  CHECK(looked.has("\n  photos/broken.jpg: the file ends"));
  const studio::Answer two = place.dataset("inspect photos --count 2");
  CHECK(two.has("5 photographs, of which 2 were read; 64x48 pixels; 1 broken; "));  // the first and the third
}

TEST_CASE("a data set whose making is killed again and again becomes the same file") {
  const Place place;
  place.put_many(150);
  REQUIRE(place.dataset("make photos -o whole.h5 --size 64").code == 0);
  int killed = 0;
  studio::Answer last{};
  for (int i = 0; i < 200; ++i) {
    last = place.dataset("make photos -o set.h5 --size 64", "timeout -s KILL " + std::to_string(0.02 + 0.02 * i));
    if (last.code == 0) break;
    CHECK(last.code == 137);
    if (place.there("set.h5")) CHECK(place.bytes("set.h5") == place.bytes("whole.h5"));  // killed behind its last deed
    ++killed;
  }
  CHECK(last.code == 0);
  CHECK(killed > 0);
  CHECK(place.bytes("set.h5") == place.bytes("whole.h5"));
  CHECK(last.has("photos/broken.jpg: "));
}

TEST_CASE("Ctrl-C ends the making of a data set with a sentence, and the same command goes on") {
  const Place place;
  place.put_many(400);
  REQUIRE(place.dataset("make photos -o whole.h5 --size 64").code == 0);
  const studio::Answer stopped = place.dataset("make photos -o set.h5 --size 64", "timeout -s INT --preserve-status 0.2");
  if (stopped.code == 0) {
    MESSAGE("skipped: all was done within 0.2 s");
    return;
  }
  CHECK(stopped.code == 1);
  CHECK(stopped.has(" of 405 photographs; the same command goes on from there (set.h5.part)"));
  CHECK_FALSE(place.there("set.h5"));
  const studio::Answer refused = place.dataset("make photos -o set.h5 --size 32");
  CHECK(refused.code == 1);
  CHECK(refused.has("set.h5.part: was begun with another size or other photographs"));
  CHECK(place.dataset("make photos -o set.h5 --size 64").code == 0);
  CHECK(place.bytes("set.h5") == place.bytes("whole.h5"));
}

TEST_CASE("data sets that cannot be made are refused in a sentence") {
  const Place place;
  const auto refused = [&](const std::string& words, int code, const std::string& sentence, const std::string& before = "") {
    const studio::Answer answer = place.dataset(words, before);
    CAPTURE(answer.said);
    CHECK(answer.code == code);
    CHECK(answer.has(sentence));
    CHECK(answer.lines() == 1);
    CHECK_FALSE(place.there("set.h5"));
  };
  refused("make nowhere -o set.h5", 1, "nowhere: there is no such file or folder");
  refused("make photos -o set.zip", 2, "give the name the ending .h5");
  refused("make photos -o no/set.h5", 1, "there is no folder no");
  refused("make photos -o set.h5 --size 8", 2, "--size");
  refused("make photos -o set.h5 --size 1024", 1, "it would be larger than files may be here", "ulimit -f 1000;");
  refused("inspect photos/a.png", 2, "no set of photographs");
}
