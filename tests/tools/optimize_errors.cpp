// `impasto optimize` from outside: wrong calls, bad files, interruptions and runs that lead nowhere.
#include <doctest/doctest.h>

#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

TEST_CASE("a wrong call ends with code 2 and one sentence, before any work") {
  const Studio studio;
  const std::pair<std::string, std::string> wrong[] = {
      {"photo.png a.png", "--output is required"},
      {"photo.png -o out.png", "PAINTING"},
      {"photo.png a.png -o out.gif", ".png"},
      {"photo.png a.png -o out.png --size 0", "--size"},
      {"photo.png a.png -o out.png --iterations none", "--iterations"},
      {"photo.png a.png -o out.png --optimizer sgd", "--optimizer"},
      {"photo.png a.png -o out.png --style-weight -1", "--style-weight"},
      {"photo.png a.png -o out.png --learning-rate 0", "--learning-rate"},
      {"photo.png a.png -o out.png --style-layers relu9_9", "has no layer \"relu9_9\"; it has relu1_1"},
      {"photo.png a.png -o out.png --content-layers relu2_2:", "is not a layer with its weight"},
      {"photo.png a.png -o out.png --style-blend 1,2", "2 numbers for 1 paintings"},
      {"photo.png a.png -o out.png --style-blend 1,", "not a list of numbers"},
      {"photo.png a.png b.png -o out.png --style-blend 0,0", "all weights of the blend are 0"},
      {"photo.png a.png -o out.png --log x --json x", "would both write x"},
      {"photo.png a.png -o - --save-every 2", "--save-every needs a file"},
      {"photo.png a.png -o out.png --backend reference --precision fast", "--precision fast"},
  };
  for (const auto& [words, reason] : wrong) {
    CAPTURE(words);
    const Answer answer = studio.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == 2);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(studio.there("out.png"));
}

TEST_CASE("what fails ends with code 1 and one sentence") {
  const Studio studio;
  write_picture(studio.path + "/tiny.png", picture(1, 1, 1));
  std::ofstream(studio.path + "/text.png") << "<!DOCTYPE html>";
  const std::pair<std::string, std::string> failing[] = {
      {"missing.png a.png -o out.png", "missing.png: "},
      {"photo.png missing.png -o out.png", "missing.png: "},
      {"photo.png text.png -o out.png", "text.png: "},
      {"photo.png a.png -o nowhere/out.png", "nowhere/out.png: "},
      {"photo.png a.png -o out.png --json nowhere/x.json", "nowhere/x.json: "},
      {"photo.png a.png -o out.png --net photo.png", "photo.png: "},
      {"photo.png a.png -o out.png --net missing.h5", "missing.h5: "},
      {"tiny.png a.png -o out.png", "1x1 pixels"},
      {"photo.png tiny.png -o out.png", "at least 8 on each side"},
      {"photo.png a.png -o out.png --scales 8", "fewer scales"},
  };
  for (const auto& [words, reason] : failing) {
    CAPTURE(words);
    const Answer answer = studio.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == 1);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(studio.there("out.png"));
  const Answer no_network = studio.shell("'" IMPASTO_PROGRAM "' optimize photo.png a.png -o out.png 2>&1");
  CHECK(no_network.code == 1);
  CHECK(no_network.has("run `impasto weights get vgg16`"));
}

TEST_CASE("an interrupted run leaves the picture so far and says so") {
  const Studio studio;
  const Answer answer = studio.shell("timeout -s INT 2 '" IMPASTO_PROGRAM
                                     "' optimize --net vgg.h5 photo.png a.png -o out.png --iterations 1000000 --json run.json 2>&1");
  CAPTURE(answer.said);
  CHECK(answer.has("interrupted after step "));
  CHECK(answer.has("the picture so far is in out.png"));
  CHECK(studio.read("out.png").width == 64);
  CHECK(studio.json("run.json")["ending"] == "interrupted");
}

TEST_CASE("a rate that leads nowhere ends with code 1 and a picture") {
  const Studio studio;
  const Answer answer = studio.run("photo.png a.png -o out.png --iterations 20 --learning-rate 1e30");
  CAPTURE(answer.said);
  CHECK(answer.code == 1);
  CHECK(answer.has("the last good picture is in out.png"));
  CHECK(studio.read("out.png").width == 64);
}

TEST_CASE("a log is not flooded") {
  const Studio studio;
  CHECK(studio.run("photo.png a.png -o out.png --iterations 200 --size 32").lines() <= 20);
}
