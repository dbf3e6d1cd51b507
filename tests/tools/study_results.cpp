// `impasto study results`: votes counted, and files of answers that are refused.
#include <doctest/doctest.h>

#include "tests/tools/shell.h"
#include "tools/page.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

using Found = nlohmann::json;

Found answer(int photo, int left, int right, const char* choice, int milliseconds = 1000) {
  return {{"photo", photo}, {"left", left}, {"right", right}, {"choice", choice}, {"milliseconds", milliseconds}};
}

Found sheet(int respondent, Found answers, const std::string& key = R"({"methods":["ours","adain"],"photos":["quay","tower"]})") {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016x", respondent);
  return {{"answers_of", "impasto study"}, {"version", 1}, {"study", "0123456789abcdef"},           {"key", base64(key)},
          {"respondent", digits},          {"seed", 7},    {"started", "2026-01-31T12:00:00.000Z"}, {"ended", "2026-01-31T12:34:56.789Z"},
          {"answers", std::move(answers)}};
}

struct Desk : Folder {
  std::string put(const std::string& name, const std::string& text) const {
    std::ofstream(path + '/' + name) << text;
    return name;
  }
  Answer run(const std::string& words, const std::string& behind = " 2>&1") const {
    return shell("cd '" + path + "' && '" IMPASTO_PROGRAM "' study results " + words + behind);
  }
  Found counted(const std::string& words) const {
    const Answer answer = run(words + " --json -", " 2>notices");
    CAPTURE(bytes("notices"));
    REQUIRE(answer.code == 0);
    return Found::parse(answer.said);
  }
};

}  // namespace

TEST_CASE("votes are counted whatever side they were on, by pair and by photo") {
  const Desk d;
  d.put("a.json", sheet(1, {answer(0, 0, 1, "left", 1000), answer(1, 1, 0, "right", 3000)}).dump());
  d.put("b.json", sheet(2, {answer(0, 1, 0, "left", 1000), answer(1, 0, 1, "left")}).dump());
  d.put("c.json", sheet(3, {answer(0, 0, 1, "none"), answer(1, 1, 0, "left")}).dump());
  const Found json = d.counted("a.json b.json c.json -o table.csv");
  REQUIRE(json["pairs"].size() == 1);
  const Found& all = json["pairs"][0];
  CHECK(all["first"] == "ours");
  CHECK(all["second"] == "adain");
  CHECK(all["votes_for_first"] == 3);
  CHECK(all["votes_for_second"] == 2);
  CHECK(all["no_preference"] == 1);
  CHECK(all["share_of_first"] == doctest::Approx(0.6));
  CHECK(all["low"] == doctest::Approx(0.23072).epsilon(1e-4));  // Wilson's of 3 in 5
  CHECK(all["high"] == doctest::Approx(0.88238).epsilon(1e-4));
  CHECK(all["sign_test_p"] == doctest::Approx(1));
  CHECK(all["respondents"] == 3);
  CHECK(all["respondents_more_for_first"] == 1);
  CHECK(all["respondents_more_for_second"] == 1);
  REQUIRE(json["photos"].size() == 2);
  CHECK(json["photos"][0]["photo"] == "quay");
  CHECK(json["photos"][0]["votes_for_first"] == 1);
  CHECK(json["photos"][0]["votes_for_second"] == 1);
  CHECK(json["photos"][1]["photo"] == "tower");
  CHECK(json["photos"][1]["votes_for_first"] == 2);
  CHECK(json["photos"][1]["votes_for_second"] == 1);
  CHECK(json["left"] == 4);
  CHECK(json["right"] == 1);
  CHECK(json["respondents"][0]["median_seconds"] == 2);
  CHECK(json["notices"].empty());
  const std::string csv = d.bytes("table.csv");
  CHECK(csv.starts_with(
      "first,second,photo,votes_for_first,votes_for_second,no_preference,share_of_first,low,high,sign_test_p,respondents,"));
  CHECK(csv.find("\nours,adain,,3,2,1,0.6,") != csv.npos);
  CHECK(csv.find("\nours,adain,quay,1,1,1,0.5,") != csv.npos);
  CHECK(csv.find("\nours,adain,tower,2,1,0,") != csv.npos);
  const Answer table = d.run("a.json b.json c.json");
  CHECK(table.has("ours / adain  3 / 2              1  60.0 % (23.1 % to 88.2 %)"));
  CHECK(table.has("tower: ours / adain"));
  CHECK(table.has("6 answers of 3 respondents; the left picture was chosen 4 times, the right one 1 times"));
}

TEST_CASE("the two surveys of Kitov et al. 2019, table 2") {
  const std::tuple<int, int, const char*> surveys[] = {{10, 242, "57.6 % (52.8 % to 62.3 %)"}, {16, 567, "84.4 % (81.4 % to 86.9 %)"}};
  for (const auto& [respondents, votes, share] : surveys) {
    const Desk d;
    std::string files;
    Found photos = Found::array();
    for (int i = 0; i < 42; i++) photos.push_back("photo " + std::to_string(i));
    const std::string key = Found{{"methods", {"ours", "other"}}, {"photos", photos}}.dump();
    int given = 0;
    for (int r = 0; r < respondents; r++) {
      Found answers = Found::array();
      for (int i = 0; i < 42; i++) answers.push_back(answer(i, i % 2, 1 - i % 2, (given++ < votes) == (i % 2 == 0) ? "left" : "right"));
      files += ' ' + d.put(std::to_string(r) + ".json", sheet(r, answers, key).dump());
    }
    const Answer table = d.run(files);
    CAPTURE(table.said);
    CHECK(table.has(std::to_string(votes) + " / " + std::to_string(42 * respondents - votes)));
    CHECK(table.has(share));
  }
}

TEST_CASE("what a respondent answered twice counts once, as it was answered last, with a notice") {
  const Desk d;
  Found early = sheet(1, {answer(0, 0, 1, "left"), answer(1, 0, 1, "left")}),
        late = sheet(1, {answer(0, 1, 0, "left"), answer(1, 0, 1, "none")});
  early["ended"] = "2026-01-31T12:34:56.788Z";
  d.put("early.json", early.dump());
  d.put("late.json", late.dump());
  for (const char* files : {"early.json late.json", "late.json early.json", "late.json early.json late.json"}) {
    const Found json = d.counted(files);
    CHECK(json["answers"] == 2);
    CHECK(json["pairs"][0]["votes_for_first"] == 0);
    CHECK(json["pairs"][0]["votes_for_second"] == 1);
    CHECK(json["pairs"][0]["no_preference"] == 1);
    CHECK(json["respondents"].size() == 1);
    CHECK(d.bytes("notices").find("late.json: 2 of its answers were given twice by their respondent (0000000000000001)") !=
          std::string::npos);
  }
  late["respondent"] = "00000000000000ff";
  d.put("other.json", late.dump());
  CHECK(d.counted("early.json other.json")["answers"] == 4);
  CHECK(d.bytes("notices").empty());
  d.put("twice.json", sheet(1, {answer(0, 0, 1, "left"), answer(0, 1, 0, "left")}).dump());
  CHECK(d.counted("twice.json")["answers"] == 1);
  CHECK(!d.bytes("notices").empty());
}

TEST_CASE("studies that know methods and photos in another order are counted together, by their names") {
  const Desk d;
  d.put("a.json", sheet(1, {answer(0, 0, 1, "left")}).dump());
  Found other =
      sheet(1, {answer(1, 0, 1, "left"), answer(1, 2, 1, "left")}, R"({"methods":["adain","gatys, \"1\"","ours"],"photos":["x","quay"]})");
  other["study"] = "00000000000000aa";
  d.put("b.json", other.dump());
  const Found json = d.counted("a.json b.json -o t.csv");
  CHECK(json["respondents"].size() == 2);
  REQUIRE(json["pairs"].size() == 3 - 1 + 1);
  CHECK(json["pairs"][0]["votes_for_first"] == 1);  // ours, adain
  CHECK(d.bytes("t.csv").find("\nours,\"gatys, \"\"1\"\"\",quay,1,0,0,1,") != std::string::npos);
  CHECK(d.bytes("t.csv").find("\nadain,\"gatys, \"\"1\"\"\",quay,1,0,0,1,") != std::string::npos);
}

TEST_CASE("a file that holds no answers is refused by name, in one sentence") {
  const Desk d;
  const Found good = sheet(1, {answer(0, 0, 1, "left")});
  const auto with = [&](const std::string& pointer, const Found& value) {
    Found changed = good;
    changed[Found::json_pointer(pointer)] = value;
    return changed.dump();
  };
  const auto key = [&](const std::string& names) { return with("/key", base64(names)); };
  const std::string deep(100000, '[');
  const std::pair<std::string, std::string> wrong[] = {
      {"", "empty"},
      {"{\"answers_of\": ", "cut short"},
      {good.dump().substr(0, 200), "cut short"},
      {"[]", "no answers of a page"},
      {"{}", "no answers of a page"},
      {"<!DOCTYPE html>", "no JSON"},
      {deep, "nested too deeply"},
      {with("/answers/0/photo", Found::parse("[[1]]")), "nested too deeply"},
      {with("/version", 2), "another version"},
      {with("/study", "0123456789abcdeX"), "\"study\" is not of 16"},
      {with("/respondent", 7), "\"respondent\" is no text"},
      {with("/respondent", "\x1b[2Jabcdef012345"), "\"respondent\" is not of 16"},
      {with("/seed", -1), "\"seed\" is no whole number"},
      {with("/ended", "yesterday"), "\"ended\" is no time"},
      {with("/key", "no base64!"), "\"key\" is no base64"},
      {key("names"), "\"key\" is no JSON"},
      {key("{}"), "\"methods\" is missing"},
      {key(R"({"methods":["a","a"],"photos":["b"]})"), "one of the methods in \"key\""},
      {key(R"({"methods":["a",""],"photos":["b"]})"), "one of the methods in \"key\""},
      {key(R"({"methods":["a","\u001b[2J"],"photos":["b"]})"), "one of the methods in \"key\""},
      {key(R"({"methods":["a","b"],"photos":[7]})"), "one of the photos in \"key\""},
      {key(R"({"methods":["a","b"],"photos":[]})"), "has no photos"},
      {with("/answers", "many"), "\"answers\" is no list"},
      {with("/answers/0", "left"), "\"photo\" is missing"},
      {with("/answers/0/photo", 2), "\"photo\" is no whole number of 0 to 1"},
      {with("/answers/0/left", 2), "\"left\" is no whole number of 0 to 1"},
      {with("/answers/0/right", -1), "\"right\" is no whole number"},
      {with("/answers/0/right", 0), "compares a method with itself"},
      {with("/answers/0/choice", "both"), "neither left nor right nor none"},
      {with("/answers/0/milliseconds", 1e300), "\"milliseconds\" is no whole number"},
      {with("/answers", Found::array()), "there is no answer in it"},
      {std::string(17 << 20, ' '), "larger than 16 MiB"},
  };
  d.put("good.json", good.dump());
  for (const auto& [text, reason] : wrong) {
    CAPTURE(text.substr(0, 300));
    d.put("bad.json", text);
    const Answer answer = d.run("bad.json -o table.csv --json all.json");
    CAPTURE(answer.said.substr(0, 500));
    CHECK(answer.code == 1);
    CHECK(answer.said.starts_with("impasto: bad.json: "));
    CHECK(answer.has(reason));
    CHECK(answer.lines() == 1);
    CHECK(!d.there("table.csv"));
    CHECK(!d.there("all.json"));
    if (reason != "there is no answer in it") CHECK(d.run("good.json bad.json").code == 1);
  }
  CHECK(d.run("nowhere.json").has("nowhere.json: "));
  CHECK(d.run("").has("ANSWERS is required"));
  CHECK(d.run("good.json -o same --json same").code == 2);
}

TEST_CASE("answers are read in time in proportion to their size") {
  const Desk d;
  std::string text = sheet(1, {answer(0, 0, 1, "left")}).dump();
  text.pop_back();
  for (int k = 0; k < 400000; k++) text += ",\"k" + std::to_string(k) + "\":0";
  d.put("keys.json", text + '}');
  CHECK(d.counted("keys.json")["answers"] == 1);
}
