// `impasto study` from outside: what its page holds, and what it refuses.
#include <doctest/doctest.h>

#include <set>

#include "tests/tools/survey.h"
#include "tools/page.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

using Found = nlohmann::json;

const std::string methods = "photos Gatysian=one 'two=Ada<b>in' three ";

Picture picture_of(const Found& data, const Found& place) {
  const std::string uri = data["pictures"][place.get<size_t>()], begin = "data:image/jpeg;base64,";
  REQUIRE(uri.starts_with(begin));
  const std::string bytes = from_base64(uri.substr(begin.size())).value();
  return decode_picture({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "a picture of the page");
}

double difference(const Picture& a, const Picture& b) {
  REQUIRE(a.rgb.size() == b.rgb.size());
  double sum = 0;
  for (size_t i = 0; i < a.rgb.size(); i++) sum += std::abs(a.rgb[i] - b.rgb[i]);
  return sum / double(a.rgb.size());
}

}  // namespace

TEST_CASE("a study's page holds each photo and its results at the photo's size, and every pair of them") {
  const Survey s;
  const Answer answer = s.run(methods + "--painting painting.png -o out");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("out/study.html: 5 pairs of 3 methods on 3 photos"));
  CHECK(answer.has("three: there is no result of photos/sub/tower.png"));
  const Found data = s.data();
  CHECK(data["pairs"] == Found::parse(R"([{"photo":0,"methods":[0,1]},{"photo":0,"methods":[0,2]},{"photo":0,"methods":[1,2]},
                                          {"photo":1,"methods":[0,1]},{"photo":2,"methods":[0,1]}])"));
  CHECK(data["count"] == 5);
  CHECK(data["seed"].is_null());
  CHECK(data["undecided"] == false);
  const std::string names[] = {"quay", "sub/orchard", "sub/tower"};
  for (size_t i = 0; i < 3; i++) {
    const Found& photo = data["photos"][i];
    const Picture shown = picture_of(data, photo["picture"]), original = s.read("photos/" + names[i] + ".png");
    CHECK(difference(shown, original) < 0.03);
    CHECK(difference(picture_of(data, photo["results"][0]), s.read("one/" + names[i] + ".png")) < 0.03);
    CHECK(picture_of(data, photo["results"][1]).width == original.width);
    CHECK(picture_of(data, photo["results"][1]).height == original.height);
    CHECK(photo["results"][2].is_null() == (i > 0));
    CHECK(difference(picture_of(data, photo["painting"]), s.read("painting.png")) < 0.03);
  }
  CHECK(data["pictures"].size() == 11);  // the painting once
}

TEST_CASE("a study's page says neither methods' nor photos' names, and names nothing outside itself") {
  const Survey s;
  REQUIRE(s.run(methods + "-o out --title '</script><b>A title' --question '{{data}}?'").code == 0);
  const std::string page = s.bytes("out/study.html");
  const Found data = s.data();
  std::string words = page, shown = data.dump();
  for (const auto& uri : data["pictures"])
    for (std::string* text : {&words, &shown}) text->replace(text->find(uri.get<std::string>()), uri.get<std::string>().size(), "");
  for (const char* name : {"Gatysian", "Ada", "one", "two", "three", "quay", "orchard", "tower"}) {
    CAPTURE(name);
    CHECK(shown.find(name) == std::string::npos);
    if (std::string(name).size() > 5) CHECK(words.find(name) == std::string::npos);  // shorter ones are English, too
  }
  const Found key = Found::parse(from_base64(data["key"].get<std::string>()).value());
  CHECK(key == Found::parse(R"({"methods":["Gatysian","Ada<b>in","three"],"photos":["quay","sub/orchard","sub/tower"]})"));
  CHECK(data["title"] == "</script><b>A title");
  CHECK(data["question"] == "{{data}}?");
  for (const char* word : {"</script><b>", "://", " src=\"", " href=", "url(", "@import", "fetch(", "{{style", "{{script"})
    CHECK(page.find(word) == std::string::npos);
}

TEST_CASE("photos in folders may have paintings of their own, and seed, count and size are as given") {
  const Survey s;
  REQUIRE(s.run(methods + "--painting painting.png --painting sub=other.png --seed 4294967295 --count 2 --size 32 --no-preference -o out",
                " 2>/dev/null")
              .code == 0);
  const Found data = s.data();
  CHECK(data["seed"] == 4294967295u);
  CHECK(data["count"] == 2);
  CHECK(data["undecided"] == true);
  CHECK(picture_of(data, data["photos"][0]["painting"]).width == 32);
  CHECK(picture_of(data, data["photos"][1]["painting"]).height == 32);
  CHECK(picture_of(data, data["photos"][2]["painting"]).height == 32);
  CHECK(picture_of(data, data["photos"][1]["results"][1]).height == 32);
  const Found study = data["study"];
  REQUIRE(s.run(methods + "--painting sub=other.png -o out", " 2>/dev/null").code == 0);
  CHECK(s.data()["photos"][0]["painting"].is_null());
  CHECK(s.data()["photos"][1]["painting"].is_number());
  CHECK(s.data()["study"] != study);
}

TEST_CASE("a title that names a method is noticed") {
  const Survey s;
  CHECK(s.run("photos Gatysian=one b=two --title 'Is gatysian better?' -o out").has("the title or the question names Gatysian"));
  CHECK(!s.run("photos a=one b=two --title 'Which is better?' -o out").has("impasto: "));
}

TEST_CASE("a wrong call of study ends with one sentence and writes nothing") {
  const Survey s;
  fs::create_directories(s.path + "/none");
  fs::create_directories(s.path + "/bad/sub");
  fs::create_directories(s.path + "/cut");
  std::ofstream(s.path + "/bad/quay.png") << "<!DOCTYPE html>";
  s.write("cut/quay", picture(1, 64, 40));
  fs::create_directories(s.path + "/lines");
  for (const char* folder : {"photos", "lines"}) s.write(std::string(folder) + "/a\nb", picture(1, 8, 8));
  const std::tuple<std::string, int, std::string> wrong[] = {
      {"photos one two", 2, "--output is required"},
      {"-o out", 2, "PHOTOS is required"},
      {"photos -o out", 2, "RESULTS is missing"},
      {"photos one -o out", 2, "compares two methods or more"},
      {"photos a=one a=two -o out", 2, "are both called a"},
      {"photos one nowhere=b -o out", 2, "nowhere=b: neither side is a folder"},
      {"photos one none -o out", 1, "none: "},
      {"photos one bad -o out", 1, "bad/quay.png: "},
      {"photos one cut -o out", 1, "cut/quay.png: its size is 64x40, another aspect than that of photos/quay.png"},
      {"photos one lines -o out", 2, "has a name that answers cannot hold"},
      {"photos/quay.png one 'two=x\ty' -o out", 2, "two has a label that answers cannot hold"},
      {"photos/quay.png one two --painting nowhere.png -o out", 1, "nowhere.png: "},
      {"photos/quay.png one two --painting painting.png --painting other.png -o out", 2, "--painting other.png: there is one already"},
      {"photos/quay.png one two --count 0 -o out", 2, "--count"},
      {"photos/quay.png one two --seed -1 -o out", 2, "--seed"},
      {"photos/quay.png one two --seed 4294967296 -o out", 2, "--seed"},
      {"photos/quay.png one two -o painting.png", 1, "painting.png: this folder cannot be made"},
      {"photos/sub/tower.png photos/quay.png three one/sub -o out", 2, "there is no photo of which two methods have a result"},
      {"photos one results -o out", 2, "write a folder of that name as METHOD=results"},
      {"photos results one -o out", 2, "write a folder of that name as METHOD=results"},
  };
  for (const auto& [words, code, reason] : wrong) {
    CAPTURE(words);
    const Answer answer = s.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == code);
    CHECK(answer.has(reason));
    CHECK(!s.there("out/study.html"));
  }
}
