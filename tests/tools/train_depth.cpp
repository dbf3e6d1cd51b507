// impasto train depth, run from outside; and paintings that keep depth by what it made.
#include <doctest/doctest.h>

#include "loaders/checkpoint.h"
#include "loaders/plane_file.h"
#include "nets/hourglass_file.h"
#include "nets/vgg_depth_file.h"
#include "tests/nets/narrow_vgg_depth.h"
#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

struct Field : Studio {
  Field() {
    fs::create_directories(path + "/pairs");
    for (int i = 0; i < 4; i++) {
      const std::string stem = path + "/pairs/" + std::to_string(i);
      write_picture(stem + "_rgb.png", picture(uint32_t(30 + i), 40, 30));
      Plane depth{40, 30, {}};
      for (int p = 0; p < 1200; p++) depth.values.push_back(float(1 + (p / 40 + i) % 30) / 65);
      write_plane(stem + "_disp.png", depth);
    }
    fs::copy(path + "/pairs/0_rgb.png", path + "/pairs/-broken_rgb.png");  // the first by name
    std::ofstream(path + "/pairs/-broken_disp.png") << "no picture";
  }
  Answer train(const std::string& words) const {
    return shell("'" IMPASTO_PROGRAM "' train depth pairs --width 32 --height 16 --batch 2 --point-pairs 50 " + words + " 2>&1");
  }
};

}  // namespace

TEST_CASE("an hourglass is trained, says how much depth varies in it, and goes on from its checkpoint to the same bytes") {
  const Field field;
  const Answer answer = field.train(
      "-o net.h5 --iterations 4 --checkpoint-every 2 --validation pairs --validate-every 2 --log log.csv --json report.json --licence MIT");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("wrong order"));
  CHECK(answer.has("left out: pairs/-broken_rgb.png"));
  const std::string log = field.bytes("log.csv");
  CHECK(log.starts_with("step,total,rank,log,gradient,wrong\n0,"));
  CHECK(std::count(log.begin(), log.end(), '\n') == 5);
  const HourglassWeights net = read_hourglass(field.path + "/net.h5");
  REQUIRE(net.output_variance);
  CHECK(*net.output_variance > 0);
  CHECK(net.trained_width == 32);
  CHECK(net.trained_height == 16);
  const WeightFile file = read_weight_file(field.path + "/net.h5");
  CHECK(file.licence == "MIT");
  CHECK(nlohmann::json::parse(file.settings)["width"] == 32);
  CHECK(nlohmann::json::parse(file.settings)["pairs"].is_array());
  CHECK(field.json("report.json")["losses"].contains("wrong"));
  CHECK(read_checkpoint(field.path + "/net.checkpoint.h5").validation.rows() == 2);

  const std::string whole = field.bytes("net.h5");
  REQUIRE(field.train("-o half.h5 --iterations 2 --checkpoint-every 2 --licence MIT").code == 0);  // its rate falls sooner
  REQUIRE(field.train("-o other.h5 --iterations 4 --checkpoint-every 2 --licence MIT").code == 0);
  CHECK(field.bytes("other.h5") == whole);
  fs::remove(field.path + "/other.h5");
  REQUIRE(field.shell("'" IMPASTO_PROGRAM "' train depth -o other.h5 --resume 2>&1").code == 0);
  CHECK(field.bytes("other.h5") == whole);
}

TEST_CASE("what stands on VGG-16 is trained by the same command, goes on too, and tells depth as others do") {
  const Field field;
  WeightFile trunk = narrow_vgg();
  const VggWeights five = narrow::five_blocks(preprocessing("caffe"));
  trunk.architecture = five.architecture.name;
  trunk.parameters = five.parameters;
  write_weight_file(field.path + "/five.h5", trunk);
  const auto train = [&](const std::string& words) {
    return field.shell("'" IMPASTO_PROGRAM "' train depth pairs --network vgg-depth --batch 2 --point-pairs 50 " + words + " 2>&1");
  };
  const std::string usual = "--trunk five.h5 --width 64 --height 32 --iterations 4 --checkpoint-every 2 ";
  const Answer answer = train(usual + "-o seen.h5");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  const VggDepthWeights net = read_vgg_depth(field.path + "/seen.h5");
  CHECK(net.architecture == "vgg-depth:4,6,8,10,12");
  CHECK(net.trained_height == 32);
  CHECK(net.output_variance > 0);
  REQUIRE(train(usual + "-o other.h5").code == 0);
  fs::remove(field.path + "/other.h5");
  REQUIRE(field.shell("'" IMPASTO_PROGRAM "' train depth -o other.h5 --resume 2>&1").code == 0);
  CHECK(field.bytes("other.h5") == field.bytes("seen.h5"));
  CHECK(field.shell("'" IMPASTO_PROGRAM "' depth photo.png -o depth.png --net seen.h5 2>&1").code == 0);
  CHECK(field.shell("'" IMPASTO_PROGRAM "' weights verify seen.h5 2>&1").code == 0);
  CHECK(field.run("photo.png a.png -o out.png --iterations 2 --scales 1 --depth-weight 5 --depth-net seen.h5").code == 0);
  CHECK(train("--trunk five.h5 -o x.h5 --width 64 --height 48").has("multiples of 32"));

  // On the cache's VGG-16 its own is left out of the file, and taken from there again.
  fs::create_directories(field.path + "/store");
  fs::copy_file(field.path + "/five.h5", field.path + "/store/vgg16.h5");
  const auto with = [&](const std::string& cache, const std::string& words) {
    return field.shell("IMPASTO_CACHE=" + cache + " '" IMPASTO_PROGRAM "' " + words + " 2>&1");
  };
  REQUIRE(with("store", "train depth pairs --network vgg-depth --batch 2 --width 64 --height 32 --iterations 2 -o bare.h5").code == 0);
  CHECK(!has_trunk(read_vgg_depth(field.path + "/bare.h5")));
  CHECK(with("store", "depth photo.png -o bare.png --net bare.h5").code == 0);
  CHECK(with("nowhere", "depth photo.png -o x.png --net bare.h5").has("stands on VGG-16, which is not there yet: run `impasto weights get vgg16`"));
  CHECK(with("store", "train depth pairs --network vgg-depth --init bare.h5 --batch 2 --width 64 --height 32 --iterations 1 -o on.h5").code == 0);
  CHECK(train("--trunk vgg.h5 -o x.h5 --width 64 --height 32").has("a VGG-16 of 5 blocks"));
}

TEST_CASE("what train depth cannot use is refused in a sentence") {
  const Field field;
  const auto refused = [&](const std::string& words, const std::string& sentence) {
    const Answer answer = field.train(words);
    CAPTURE(answer.said);
    CHECK(answer.code != 0);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(sentence));
  };
  refused("-o net.h5 --iterations 1 --rank-weight 0 --log-weight 0 --gradient-weight 0", "nothing to learn");
  refused("-o net.pth", "must end in .h5");
  refused("-o net.h5 --init vgg.h5", "not of depth");
  refused("-o net.h5 --validation nowhere", "nowhere: there is no such file or folder");
  const Answer sizes = field.shell("'" IMPASTO_PROGRAM "' train depth pairs -o net.h5 --width 40 --height 16 2>&1");
  CHECK(sizes.code == 2);
  CHECK(sizes.has("multiples of 16"));
  CHECK(field.shell("'" IMPASTO_PROGRAM "' train depth -o net.h5 2>&1").has("PAIRS is missing"));
  CHECK(!field.there("net.h5"));
}

TEST_CASE("a painting keeps the depth that an hourglass sees, by a term of the loss and as a mask") {
  const Field field;
  REQUIRE(field.train("-o net.h5 --iterations 2").code == 0);
  const std::string depth = "--depth-net net.h5 --depth-size 48x32 ";
  const Answer answer = field.run("photo.png a.png -o out.png --iterations 3 --scales 1 --depth-weight 10 --log log.csv " + depth);
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("of the gradient behind the first step: content "));
  CHECK(answer.has("depth "));
  CHECK(field.bytes("log.csv").find(",depth\n") != std::string::npos);

  REQUIRE(
      field
          .run("photo.png a.png -o masked.png --iterations 2 --scales 1 --style-mask depth:invert --content-mask 'depth:linear(0.8,1)' " +
               depth)
          .code == 0);
  REQUIRE(field.shell("'" IMPASTO_PROGRAM "' depth photo.png -o depth.png --net net.h5 2>&1").code == 0);
  const Answer given = field.run(
      "photo.png a.png -o given.png --iterations 2 --scales 1 --style-mask depth:invert --content-mask 'depth:linear(0.8,1)' --depth "
      "depth.png");
  CAPTURE(given.said);
  REQUIRE(given.code == 0);
  const Picture masked = field.read("masked.png"), same = field.read("given.png"), plain = field.read("out.png");
  double apart = 0, other = 0;
  for (size_t i = 0; i < masked.rgb.size(); i++) {
    apart = std::max(apart, double(std::abs(masked.rgb[i] - same.rgb[i])));
    other = std::max(other, double(std::abs(masked.rgb[i] - plain.rgb[i])));
  }
  CHECK(apart < 0.02);  // 16 bits of depth
  CHECK(other > 0.02);

  CHECK(field.run("photo.png a.png -o x.png --depth depth.png").has("--depth depth.png is used by nothing"));
  CHECK(field.run("photo.png a.png -o x.png --depth-weight 1 --depth-net nowhere").has("`impasto train depth` makes one"));
  CHECK(field.run("photo.png a.png -o x.png --depth-weight 1 --depth-net vgg.h5").has("not of depth"));
}

TEST_CASE("a network is trained with a depth term, which is part of its settings") {
  const Field field;
  REQUIRE(field.train("-o net.h5 --iterations 2").code == 0);
  const Answer answer = field.shell(
      "'" IMPASTO_PROGRAM
      "' train transform a.png --photos pairs -o painter.h5 --loss-net vgg.h5 --size 16 --batch 2 --iterations 4 --identity-steps 2 "
      "--arch 'c3s1-4,c3s2-6,R6,n2-4,c3s1-3;padding=reflect;output=linear' --depth-weight 5 --depth-net net.h5 --depth-size 32 --log "
      "log.csv 2>&1");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("of the gradient at step 2: content "));
  CHECK(field.bytes("log.csv").find(",depth,") != std::string::npos);
  CHECK(nlohmann::json::parse(read_weight_file(field.path + "/painter.h5").settings)["depth-weight"] == 5);
}

TEST_CASE("bench depth says how often the order is wrong, by set, beside the rule that lower is nearer") {
  const Field field;
  REQUIRE(field.train("-o net.h5 --iterations 2").code == 0);
  CHECK(field.shell("'" IMPASTO_PROGRAM "' bench depth net.h5 --pairs pairs 2>&1").has("-broken_disp.png"));
  for (const char* part : {"_rgb.png", "_disp.png"}) fs::remove(field.path + "/pairs/-broken" + part);
  for (int i = 0; i < 2; i++)
    for (const char* part : {"_rgb.png", "_disp.png"})
      fs::rename(field.path + "/pairs/" + std::to_string(i) + part, field.path + "/pairs/other" + std::to_string(i) + part);
  const Answer answer = field.shell("'" IMPASTO_PROGRAM "' bench depth net.h5 --pairs pairs --count 500 --json report.json 2>/dev/null");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.lines() == 4);
  const nlohmann::json report = field.json("report.json");
  REQUIRE(report.size() == 4);
  CHECK(report[0]["judge"] == "lower is nearer");
  CHECK(report[0]["set"] == "all");
  CHECK(report[0]["pictures"] == 4);
  CHECK(report[1]["set"] == "other");
  CHECK(report[1]["pictures"] == 2);
  CHECK(report[2]["judge"] == "net.h5");
  CHECK(report[2]["better_than_lower_is_nearer"]["low"] <= report[2]["better_than_lower_is_nearer"]["high"]);
  CHECK(report[2]["wrong"] > 0);
}
