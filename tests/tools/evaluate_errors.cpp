// `impasto evaluate` from outside: wrong calls, bad pictures, and runs that end before their end.
#include <doctest/doctest.h>

#include "tests/tools/exhibition.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

std::ptrdiff_t entries(const Folder& folder, const std::string& name) {
  return std::distance(fs::directory_iterator(folder.path + '/' + name), {});
}

}  // namespace

TEST_CASE("a wrong call of evaluate ends with one sentence and writes nothing") {
  const Exhibition e;
  std::ofstream(e.path + "/broken.h5") << "nothing";
  fs::create_directory(e.path + "/nets");
  fs::copy(e.path + "/second.h5", e.path + "/nets/second.h5");
  const std::tuple<std::string, int, std::string> wrong[] = {
      {"photos same", 2, "--output is required"},
      {"-o out", 2, "PHOTOS is required"},
      {"photos -o out", 2, "RESULTS is required"},
      {"photos/a.png same/a.png -o out", 2, "have one name, a"},
      {"photos/a.png photos/sub/b.png -o out", 2, "RESULTS is missing"},
      {"photos changed/a.png -o out", 2, "changed/a.png is no folder of results"},
      {"photos same --size 10 -o out", 2, "--size"},
      {"photos same --painting a.png --painting b.png -o out", 2, "--painting a.png and b.png are for the same results"},
      {"photos same --painting same=a.png --painting same=b.png -o out", 2, "are for the same results"},
      {"photos same --painting nowhere.png -o out", 1, "nowhere.png: "},
      {"photos same --depth-net nowhere -o out", 1, "nowhere: there is no such network, neither as a file nor as cache/nowhere.h5"},
      {"photos same --depth-net second.h5 --depth-net nets/second.h5 -o out", 2, "two depth networks are called second"},
      {"photos same --edge-net broken.h5 -o out", 1, "broken.h5: "},
      {"photos same --edge-net nowhere.h5 -o out", 1, "nowhere.h5: there is no such network"},
      {"photos same --loss-net nowhere.h5 -o out", 1, "nowhere.h5: there is no such network"},
      {"photos same --precision rough -o out", 2, "--precision"},
      {"photos same -o second.h5", 1, "second.h5: this folder cannot be made"},
  };
  for (const auto& [words, code, reason] : wrong) {
    CAPTURE(words);
    const Answer answer = e.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == code);
    CHECK(answer.has(reason));
    CHECK(answer.said.substr(answer.said.rfind("impasto: ")).find('\n') == answer.said.size() - answer.said.rfind("impasto: ") - 1);
    CHECK((!e.there("out") || entries(e, "out") == 0));
  }
}

TEST_CASE("pictures that cannot be compared are listed at the end, and the others are there") {
  const Exhibition e;
  std::ofstream(e.path + "/photos/broken.png") << "<!DOCTYPE html>";
  write_picture(e.path + "/same/broken.png", picture(1, 64, 48));
  write_picture(e.path + "/changed/broken.png", picture(1, 64, 48));
  write_picture(e.path + "/changed/a.png", picture(1, 64, 40));
  const Answer answer = e.run("photos same changed -o out");
  CAPTURE(answer.said);
  CHECK(answer.code == 1);
  CHECK(answer.has(
      "impasto: 3 of 6 results could not be compared:\n  changed/a.png: its size is 64x40, another aspect than that of photos/a.png"));
  CHECK(answer.has("\n  photos/broken.png: "));
  const auto json = e.json("out/results.json");
  CHECK(json["results"].size() == 3);
  CHECK(json["failures"].size() == 2);
  CHECK(e.there("out/report.html"));

  fs::remove_all(e.path + "/out");
  const Answer none = e.run("photos/broken.png same -o out");
  CHECK(none.code == 1);
  CHECK(none.has("1 of 1 results could not be compared:\n  photos/broken.png: "));
  CHECK(entries(e, "out") == 0);
}

TEST_CASE("an interrupted evaluation writes nothing, nor does one that cannot write all its files") {
  const Exhibition e;
  write_picture(e.path + "/photos/big.png", picture(1, 500, 400));
  for (int k = 0; k < 400; k++)
    for (const char* folder : {"photos", "same"})
      fs::create_hard_link(e.path + "/photos/big.png", e.path + '/' + folder + '/' + std::to_string(k) + ".png");
  const Answer answer = e.shell("timeout -s INT 2 '" IMPASTO_PROGRAM "' evaluate photos same --depth-net hourglass -o out 2>&1");
  CAPTURE(answer.said);
  CHECK(answer.has("interrupted after "));
  CHECK(answer.has(" of 402 results; nothing was written"));
  CHECK(entries(e, "out") == 0);

  fs::create_directory(e.path + "/out/results.json");
  const Answer blocked = e.run("photos/a.png same -o out");
  CHECK(blocked.code == 1);
  CHECK(blocked.has("out/results.json: "));
  CHECK(entries(e, "out") == 1);
}
