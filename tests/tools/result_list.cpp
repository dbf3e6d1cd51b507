#include "tools/result_list.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "tests/tools/shell.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

/// Only names count here: the files are empty.
struct Names : Folder {
  explicit Names(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      fs::create_directories(fs::path(at(file)).parent_path());
      std::ofstream{at(file)};
    }
  }
  std::string at(const std::string& name) const { return path + '/' + name; }
  std::string refusal(const std::vector<std::string>& words) const {
    std::vector<std::string> whole;
    for (const std::string& word : words) whole.push_back(at(word));
    try {
      result_list(whole, at("out"));
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("results belong to the photos of their names, in folders too, whatever the endings") {
  const Names names({"photos/a.jpg", "photos/sub/b.png", "photos/c.webp", "x/a.png", "x/sub/b.PNG", "y/a.webp", "y/b.png", "y/d.png"});
  const ResultList list = result_list({names.at("photos"), names.at("x"), names.at("y") + "=second"}, names.at("out"));
  REQUIRE(list.labels.size() == 2);
  CHECK(list.labels[0].name == "x");
  CHECK(list.labels[1].name == "second");
  CHECK(list.labels[1].folder == names.at("y"));
  REQUIRE(list.photos.size() == 2);
  CHECK(list.photos[0].name == "a");
  CHECK(list.photos[0].file == names.at("photos/a.jpg"));
  CHECK(list.photos[0].results == std::vector<std::string>{names.at("x/a.png"), names.at("y/a.webp")});
  CHECK(list.photos[1].name == "sub/b");
  CHECK(list.photos[1].results == std::vector<std::string>{names.at("x/sub/b.PNG"), ""});
  CHECK(list.photos[0].count() == 2);
  CHECK(list.photos[1].count() == 1);
  const std::vector<std::string> missing{
      "second: there is no result of " + names.at("photos/sub/b.png"), "x: there is no result of " + names.at("photos/c.webp"),
      "second: there is no result of " + names.at("photos/c.webp"), "second: there is no photo of " + names.at("y/b.png"),
      "second: there is no photo of " + names.at("y/d.png")};
  for (const std::string& line : missing) CHECK(std::count(list.missing.begin(), list.missing.end(), line) == 1);
  CHECK(list.missing.size() == missing.size());
}

TEST_CASE("photos may be files; those in folders of results and in the output are no photos") {
  const Names names({"photos/a.jpg", "b.png", "photos/x/a.jpg", "photos/x/b.jpg", "photos/out/old.png", "photos/xy/e.png"});
  const ResultList files = result_list({names.at("photos/a.jpg"), names.at("b.png"), names.at("photos/x/")}, names.at("out"));
  CHECK(files.photos.size() == 2);
  CHECK(files.labels[0].name == "x");
  CHECK(files.photos[1].results[0] == names.at("photos/x/b.jpg"));
  const ResultList folder = result_list({names.at("photos"), names.at("photos/x")}, names.at("photos/out"));
  CHECK(folder.photos.size() == 1);
  CHECK(folder.missing == std::vector<std::string>{"x: there is no result of " + names.at("photos/xy/e.png"),
                                                   "x: there is no photo of " + names.at("photos/x/b.jpg")});
}

TEST_CASE("words that do not fit are refused by name") {
  const Names names({"photos/a.jpg", "x/a.png", "other/z.png", "twice/a.jpg", "twice/a.png", "deep/x/a.png", "e=f/a.png"});
  CHECK(has(names.refusal({"nowhere", "x"}), "nowhere: there is no such photo"));
  CHECK(has(names.refusal({"photos"}), "RESULTS is missing"));
  CHECK(has(names.refusal({"photos", "nowhere=x"}), "nowhere=x: neither side is a folder of results"));
  CHECK(has(names.refusal({"photos", "x/a.png"}), "x/a.png is no folder of results"));
  CHECK(has(names.refusal({"photos", "x="}), "has no label"));
  CHECK(has(names.refusal({"photos", "x", "deep/x"}), "are both called x; write FOLDER=LABEL"));
  CHECK(has(names.refusal({"photos", "twice"}), "have one name, a"));
  CHECK(has(names.refusal({"photos/a.jpg", "x/a.png", "x"}), "have one name, a"));
  CHECK(has(names.refusal({"photos", "other"}), "no result has the name of a photo"));
  CHECK(names.refusal({"photos", "x", "deep/x=y", "e=f"}).empty());
}

TEST_CASE("a label may stand on either side of its folder, if it is no folder itself") {
  const Names names({"photos/a.jpg", "x/a.png", "y/a.png", "e=f/a.png"});
  const ResultList list = result_list({names.at("photos"), "first=" + names.at("x"), "l=" + names.at("e=f"), names.at("y") + "=third"}, "out");
  REQUIRE(list.labels.size() == 3);
  CHECK(list.labels[0].name == "first");
  CHECK(list.labels[0].folder == names.at("x"));
  CHECK(list.labels[1].name == "l");
  CHECK(list.labels[1].folder == names.at("e=f"));
  CHECK(list.labels[2].name == "third");
  CHECK(has(names.refusal({"photos", "x=" + names.at("y")}), "both sides are folders"));
  CHECK_THROWS_WITH_AS(result_list({names.at("photos"), "=" + names.at("x")}, "out"), doctest::Contains("has no label"), UsageError);
}
