// impasto train transform, run from outside: what comes out, and that a run can end at any moment and go on as if nothing had happened.
#include <doctest/doctest.h>

#include <cmath>

#include "loaders/checkpoint.h"
#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

/// Photos to learn on and others, two paintings, a small VGG.
struct School : Studio {
  School() {
    fs::create_directories(path + "/photos/nested");
    fs::create_directories(path + "/others");
    for (int i = 0; i < 5; i++)
      write_picture(path + (i < 3 ? "/photos/" : "/photos/nested/") + std::to_string(i) + ".png", picture(uint32_t(20 + i), 30 + i, 40 - i));
    for (int i = 0; i < 2; i++) write_picture(path + "/others/" + std::to_string(i) + ".png", picture(uint32_t(40 + i), 36, 36));
  }
  static constexpr const char* net = "--arch 'c3s1-4,c3s2-6,R6,n2-4,c3s1-3;padding=reflect;output=linear' ";
  static constexpr const char* usual = "--photos photos --loss-net vgg.h5 --size 16 --batch 2 ";
  std::string line(const std::string& words) const { return "'" IMPASTO_PROGRAM "' train transform " + words + " 2>&1"; }
  Answer train(const std::string& words, const std::string& before = "") const { return shell(before + line(net + (usual + words))); }
};

}  // namespace

TEST_CASE("a network is trained, with everything that was asked for beside it") {
  const School school;
  const Answer answer = school.train(
      "a.png -o net.h5 --iterations 12 --identity-steps 4 --validation others --validate-every 5 --log log.csv --curve curve.svg --json "
      "report.json --preview photo.png --preview-every 6 --checkpoint-every 5 --title 'A Painter, Picture' --licence CC0-1.0");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("12 steps"));

  const WeightFile net = read_weight_file(school.path + "/net.h5");
  CHECK(net.architecture == "transform:c3s1-4,c3s2-6,R6,n2-4,c3s1-3;padding=reflect;output=linear");
  CHECK(net.preprocessing == "caffe");
  CHECK(net.preview->width == 64);
  const nlohmann::json settings = nlohmann::json::parse(net.settings);
  CHECK(settings["iterations"] == 12);
  CHECK(settings["painting"] == std::vector<std::string>{"a.png"});
  CHECK(settings["style-weight"] == 1);
  CHECK(settings["style-warmup"] == 0.25);
  CHECK(net.licence == "CC0-1.0");
  REQUIRE(net.styles.size() == 1);
  CHECK(net.styles[0].painting == "A Painter, Picture");
  CHECK(settings["precision"] == "auto");
  CHECK(!settings.contains("log"));

  const std::string log = school.bytes("log.csv");
  CHECK(log.starts_with("step,total,content relu2_2,style relu1_2,style relu2_2,style relu3_3,style relu4_3,tv,pixel\n0,"));
  CHECK(std::count(log.begin(), log.end(), '\n') == 13);
  const nlohmann::json report = school.json("report.json");
  CHECK(report["steps"] == 12);
  CHECK(report["losses"]["total"] > 0);
  CHECK(report["peak_memory_bytes"] > 0);
  CHECK(school.bytes("curve.svg").find("style") != std::string::npos);
  CHECK(school.there("net-preview-0006.jpg"));
  CHECK(school.there("net-preview-0012.jpg"));
  const Checkpoint checkpoint = read_checkpoint(school.path + "/net.checkpoint.h5");
  CHECK(checkpoint.step == 12);
  CHECK(checkpoint.history.rows() == 12);
  CHECK(checkpoint.validation.rows() == 3);  // after 5, 10 and 12

  // Killed behind its last checkpoint, it would go on to no more than this.
  const std::string made = school.bytes("net.h5");
  fs::remove(school.path + "/net.h5");
  REQUIRE(school.train("-o net.h5 --resume --preview photo.png").code == 0);
  CHECK(school.bytes("net.h5") == made);

  const Answer painted = school.shell("'" IMPASTO_PROGRAM "' stylize photo.png --style ./net.h5 -o painted.png 2>&1");
  CAPTURE(painted.said);
  CHECK(painted.code == 0);
  CHECK(school.read("painted.png").width == 64);
}

TEST_CASE("killed at any moment and resumed, a run ends in the same bytes") {
  const School school;
  const std::string words = "a.png --iterations 60 --identity-steps 10 --checkpoint-every 1 --seed 7 --validation others --validate-every 20 ";
  REQUIRE(school.train(words + "-o whole.h5").code == 0);
  int killed = 0, in_writing = 0;
  Answer answer{};
  for (int attempt = 0; attempt < 200; attempt++) {
    // Later each time, or it would never come further than its start.
    answer = school.train(words + "-o parts.h5 --resume", "timeout -s KILL 0." + std::to_string(100 + 7 * (attempt % 60)) + ' ');
    if (answer.code == 0) break;
    CAPTURE(answer.said);
    REQUIRE(answer.code == 137);
    killed++;
    for (const auto& entry : fs::directory_iterator(school.path)) in_writing += entry.path().filename().string().ends_with(".tmp");
    if (school.there("parts.checkpoint.h5")) CHECK_NOTHROW(read_checkpoint(school.path + "/parts.checkpoint.h5"));
  }
  REQUIRE(answer.code == 0);
  MESSAGE("killed ", killed, " times, ", in_writing, " times in the middle of writing");
  CHECK(killed >= 3);
  CHECK(school.bytes("parts.h5") == school.bytes("whole.h5"));
  CHECK(school.bytes("parts.checkpoint.h5") == school.bytes("whole.checkpoint.h5"));
  for (const auto& entry : fs::directory_iterator(school.path)) CHECK(!entry.path().filename().string().ends_with(".tmp"));
}

TEST_CASE("Ctrl-C keeps what is there, and a run goes on with the checkpoint's settings alone") {
  const School school;
  const std::string words = "a.png --iterations 3000 --identity-steps 5 --seed 7 ";
  const Answer stopped = school.train(words + "-o net.h5", "timeout -s INT 0.5 ");
  CAPTURE(stopped.said);
  CHECK(stopped.has("interrupted after step"));
  CHECK(!school.there("net.h5"));
  const uint32_t step = read_checkpoint(school.path + "/net.checkpoint.h5").step;
  CHECK(step > 0);
  const std::string end = std::to_string(step + 2);
  const Answer rest = school.shell(school.line("-o net.h5 --resume --log log.csv --iterations " + end));
  CAPTURE(rest.said);
  CHECK(rest.code == 0);
  CHECK(rest.has("going on from step " + std::to_string(step)));
  CHECK(read_checkpoint(school.path + "/net.checkpoint.h5").step == step + 2);
  const std::string log = school.bytes("log.csv");
  CHECK(std::count(log.begin(), log.end(), '\n') == step + 3);

  const Answer other = school.shell(school.line("-o net.h5 --resume --size 32"));
  CHECK(other.code == 2);
  CHECK(other.has("--size is 32"));
  CHECK(other.has("made with 16"));
}

TEST_CASE("a loss that leads nowhere ends the run, with the last good state kept") {
  const School school;
  const Answer answer = school.train("a.png -o net.h5 --iterations 50 --identity-steps 0 --rate 1e18 --checkpoint-every 1");
  CAPTURE(answer.said);
  CHECK(answer.code == 1);
  CHECK(answer.has("leads nowhere"));
  CHECK(!school.there("net.h5"));
  CHECK(!school.there("net.checkpoint.h5"));

  REQUIRE(school.train("a.png -o net.h5 --iterations 3 --identity-steps 0").code == 0);
  const std::string good = school.bytes("net.checkpoint.h5");
  const Answer again = school.train("a.png -o net.h5 --iterations 50 --identity-steps 0 --init net.checkpoint.h5 --rate 1e18");
  CHECK(again.code == 1);
  CHECK(again.has("begin from it by --init"));
  CHECK(school.bytes("net.checkpoint.h5") == good);
}

TEST_CASE("a full disk costs nothing but the checkpoint") {
  const School school;
  REQUIRE(school.train("a.png -o net.h5 --iterations 4 --identity-steps 0").code == 0);
  const std::string checkpoint = school.bytes("net.checkpoint.h5"), net = school.bytes("net.h5");
  const Answer answer = school.train("a.png -o net.h5 --iterations 8 --identity-steps 0 --resume --checkpoint-every 1", "ulimit -f 4; ");
  CAPTURE(answer.said);
  CHECK(answer.code == 1);
  CHECK(answer.has("training goes on"));
  CHECK(answer.has("larger than files may be"));
  CHECK(school.bytes("net.checkpoint.h5") == checkpoint);
  CHECK(school.bytes("net.h5") == net);
  CHECK(school.train("a.png -o net.h5 --iterations 8 --identity-steps 0 --resume").code == 0);
}

TEST_CASE("several paintings make one network, and further ones are added without a change to those") {
  const School school;
  REQUIRE(school.train("a.png b.png -o two.h5 --iterations 6 --identity-steps 2 --storage f32").code == 0);
  const WeightFile two = read_weight_file(school.path + "/two.h5");
  REQUIRE(two.styles.size() == 2);
  CHECK(two.styles[1].name == "b");
  CHECK(two.parameters.at("conv1/gamma").shape == std::vector<int64_t>{2, 4});

  const Answer added = school.train("photo.png -o three.h5 --init two.h5 --add-style --iterations 6 --identity-steps 0 --storage f32");
  CAPTURE(added.said);
  REQUIRE(added.code == 0);
  const WeightFile three = read_weight_file(school.path + "/three.h5");
  REQUIRE(three.styles.size() == 3);
  CHECK(three.styles[0].name == "a");
  CHECK(three.styles[2].name == "photo");
  CHECK(three.parameters.at("conv1/weight").values == two.parameters.at("conv1/weight").values);
  const std::vector<float>&old = two.parameters.at("conv1/gamma").values, &now = three.parameters.at("conv1/gamma").values;
  CHECK(std::equal(old.begin(), old.end(), now.begin()));
  CHECK(now[8] != (old[0] + old[4]) / 2);  // it began as their mean
  // And again, by what was kept.
  const Answer more = school.shell(school.line("-o three.h5 --resume --iterations 8"));
  CAPTURE(more.said);
  CHECK(more.code == 0);

  CHECK(school.train("a.png -o x.h5 --init two.h5 --iterations 6 --identity-steps 0").has("holds 2 styles, and the paintings given are 1"));
  REQUIRE(school.train("a.png -o one.h5 --iterations 4 --identity-steps 0").code == 0);
  CHECK(school.train("b.png -o x.h5 --init one.h5 --add-style --iterations 6 --identity-steps 0").has("holds one style only"));
}

TEST_CASE("settings come from a file, from a trained network, and from the command line first") {
  const School school;
  std::ofstream(school.path + "/settings.json") << R"({"iterations": 5, "identity-steps": 1, "painting": ["a.png"], "style-weight": 2.5})";
  REQUIRE(school.train("-o one.h5 --config settings.json --style-weight 3").code == 0);
  const nlohmann::json settings = nlohmann::json::parse(read_weight_file(school.path + "/one.h5").settings);
  CHECK(settings["iterations"] == 5);
  CHECK(settings["style-weight"] == 3);
  REQUIRE(school.shell(school.line("-o two.h5 --config one.h5")).code == 0);
  CHECK(school.bytes("two.h5") == school.bytes("one.h5"));
  CHECK(school.shell(school.line("-o x.h5 --config vgg.h5")).has("vgg.h5 does not say how it was trained"));

  const auto refused = [&](const std::string& json) {
    std::ofstream(school.path + "/bad.json") << json;
    const Answer answer = school.train("a.png -o x.h5 --config bad.json");
    CHECK(answer.code != 0);
    CHECK(answer.lines() == 1);
    return answer;
  };
  CHECK(refused(R"({"sise": 5})").has("\"sise\" is no setting of transform"));
  CHECK(refused(R"({"rate": -1})").has("\"rate\""));
  CHECK(refused(R"({"rate": {}})").has("must be a text, a number"));
  CHECK(refused("[1]").has("no JSON object"));
}

TEST_CASE("a number of minutes becomes a number of steps, which the result keeps") {
  const School school;
  const Answer answer = school.train("a.png -o net.h5 --minutes 0.02 --identity-steps 3");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("steps fit into 0.02 minutes"));
  const uint32_t steps = read_checkpoint(school.path + "/net.checkpoint.h5").step;
  CHECK(steps > 23);  // those it was judged by are over
  CHECK(nlohmann::json::parse(read_weight_file(school.path + "/net.h5").settings)["iterations"] == steps);
}

TEST_CASE("a trained network's losses stand beside those of optimised pictures") {
  const School school;
  REQUIRE(school.train("a.png b.png -o net.h5 --iterations 4 --identity-steps 0").code == 0);
  const auto bench = [&](const std::string& words) {
    return school.shell("'" IMPASTO_PROGRAM "' bench objective net.h5 --photos others --size 32 " + words + " 2>&1");
  };
  const Answer answer = bench("--steps 5 --style 1 --json report.json");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  const nlohmann::json report = school.json("report.json");
  REQUIRE(report["photos"].size() == 2);
  double product = 1;
  for (const auto& photo : report["photos"]) {
    double sum = 0;
    for (const auto& [name, value] : photo["network"].items())
      if (name != "total" && name != "seconds") sum += value.get<double>();
    CHECK(photo["network"]["total"].get<double>() == doctest::Approx(sum).epsilon(1e-5));
    CHECK(photo["steps"] == 0);  // it has learnt nothing yet: the photo as it is would be better
    product *= photo["network"]["total"].get<double>() / photo["optimised"]["total"].get<double>();
  }
  CHECK(report["ratio"].get<double>() == doctest::Approx(std::sqrt(product)));
  CHECK(report["ratio"] > 1);
  REQUIRE(bench("--steps 5 --style 0 --json other.json").code == 0);
  CHECK(school.json("other.json")["photos"][0]["optimised"]["total"] != report["photos"][0]["optimised"]["total"]);
  CHECK(bench("--style 2").has("not among the styles"));
}

TEST_CASE("broken photographs are left out and listed") {
  const School school;
  std::ofstream(school.path + "/photos/broken.jpg") << "no picture";
  const Answer answer = school.train("a.png -o net.h5 --iterations 6 --identity-steps 0");
  CHECK(answer.code == 0);
  CHECK(answer.has("left out: "));
  CHECK(answer.has("broken.jpg"));
}

TEST_CASE("what cannot be trained is refused in a sentence, before the work") {
  const School school;
  const auto refused = [&](const std::string& words) {
    const Answer answer = school.train(words);
    CAPTURE(answer.said);
    CHECK(answer.code != 0);
    CHECK(answer.lines() == 1);
    return answer.said;
  };
  const auto has = [](const std::string& said, const std::string& words) { return said.find(words) != std::string::npos; };
  CHECK(has(refused("-o net.h5"), "PAINTING is missing"));
  CHECK(has(refused("a.png -o net.png"), "must end in .h5"));
  CHECK(has(refused("nowhere.png -o net.h5"), "nowhere.png"));
  CHECK(has(refused("a.png -o nowhere/net.h5"), "nowhere"));
  CHECK(has(refused("a.png -o net.h5 --preview nothing.jpg"), "nothing.jpg"));
  CHECK(has(refused("a.png -o net.h5 --validation nowhere"), "nowhere"));
  CHECK(has(refused("a.png -o net.h5 --iterations 5 --identity-steps 5"), "only copy the photo"));
  CHECK(has(refused("a.png -o net.h5 --style-layers relu9_9"), "relu9_9"));
  CHECK(has(refused("a.png -o net.h5 --log net.h5"), "both write"));
  CHECK(has(refused("a.png -o net.h5 --add-style"), "--init"));
  CHECK(has(refused("a.png -o net.h5 --init vgg.h5"), "vgg.h5"));
  CHECK(has(refused("a.png -o net.h5 --style-weight nan"), "style"));
  CHECK(has(refused("a.png -o net.h5 --title one --title two"), "give one each"));
  CHECK(has(refused("a.png -o net.h5 --style-warmup 2"), "--style-warmup"));
}
