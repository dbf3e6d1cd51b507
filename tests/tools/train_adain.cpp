// impasto train adain and dataset textures, run from outside.
#include <doctest/doctest.h>

#include "loaders/checkpoint.h"
#include "nets/adain_file.h"
#include "tests/tools/studio.h"
#include "tools/texture_picture.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

/// Photographs, paintings, a small VGG.
struct Academy : Studio {
  Academy() {
    for (const char* folder : {"photos", "paintings", "more"}) fs::create_directories(path + '/' + folder);
    for (int i = 0; i < 5; i++) write_picture(path + "/photos/" + std::to_string(i) + ".png", picture(uint32_t(20 + i), 40 + i, 50 - i));
    for (int i = 0; i < 3; i++) write_picture(path + "/paintings/" + std::to_string(i) + ".png", picture(uint32_t(40 + i), 44, 44));
    std::ofstream(path + "/paintings/broken.png") << "no picture";
    write_picture(path + "/more/a.png", picture(60, 44, 44));
  }
  std::string line(const std::string& words) const { return "'" IMPASTO_PROGRAM "' train adain " + words + " 2>&1"; }
  Answer train(const std::string& words, const std::string& before = "") const {
    return shell(before + line("--photos photos --paintings paintings --paintings more --encoder vgg.h5 --size 24 --batch 2 " + words));
  }
};

}  // namespace

TEST_CASE("a decoder is trained, with everything that was asked for beside it") {
  const Academy academy;
  const Answer answer = academy.train(
      "-o net.h5 --iterations 6 --identity-steps 0 --checkpoint-every 3 --validation photos --validation-paintings more --validate-every 3 --log log.csv "
      "--preview photo.png a.png --preview photo.png b.png --preview-every 4 --tv-weight 1 --licence MIT --json report.json");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(answer.has("left out: paintings/broken.png: "));
  const std::string log = academy.bytes("log.csv");
  CHECK(log.starts_with("step,total,content relu4_1,style relu1_1,style relu2_1,style relu3_1,style relu4_1,tv\n0,"));
  CHECK(std::count(log.begin(), log.end(), '\n') == 7);
  CHECK(academy.there("net-preview-0004.jpg"));
  CHECK(academy.read("net-preview-0006.jpg").width > 3 * 40);
  CHECK(read_checkpoint(academy.path + "/net.checkpoint.h5").validation.rows() == 2);
  CHECK(academy.json("report.json")["losses"]["total"] > 0);

  const WeightFile file = read_weight_file(academy.path + "/net.h5");
  CHECK(file.architecture == "adain:vgg16:8,16,24,32");
  CHECK(file.licence == "MIT");
  CHECK(!file.trainable.at("features/scale"));
  const nlohmann::json settings = nlohmann::json::parse(file.settings);
  CHECK(settings["paintings"] == std::vector<std::string>{"paintings", "more"});
  CHECK(settings["schedule"] == "inverse");
  CHECK(!settings.contains("preview"));
  CHECK(read_adain(academy.path + "/net.h5").decoder.contains("conv4_1/weight"));
  const Answer verified = academy.shell("'" IMPASTO_PROGRAM "' weights verify net.h5 2>&1");
  CAPTURE(verified.said);
  CHECK(verified.code == 0);
  CHECK(verified.has("sound; adain:vgg16:8,16,24,32"));
  CHECK(academy.shell("'" IMPASTO_PROGRAM "' weights inspect net.h5 2>&1").has("conv4_1/weight"));

  const Answer more = academy.train("-o further.h5 --init net.h5 --iterations 2 --identity-steps 1 --loss sums --schedule constant");
  CAPTURE(more.said);
  CHECK(more.code == 0);
}

TEST_CASE("a decoder that was taught elsewhere goes on with the features as it knows them") {
  const Academy academy;
  write_weight_file(academy.path + "/theirs.h5", adain_weight_file(fresh_adain(vgg_architecture("vgg16:8,16,24,32"), 1)));
  const Answer answer = academy.train("-o net.h5 --init theirs.h5 --iterations 1");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  const AdainWeights net = read_adain(academy.path + "/net.h5");
  for (const float scale : net.decoder.at("features/scale").values) CHECK(scale == 1);
}

TEST_CASE("killed at any moment and resumed, a training of adain ends in the same bytes") {
  const Academy academy;
  const std::string words = "--iterations 30 --identity-steps 10 --checkpoint-every 1 --seed 7 ";
  REQUIRE(academy.train(words + "-o whole.h5").code == 0);
  int killed = 0;
  Answer answer{};
  for (int attempt = 0; attempt < 200; attempt++) {
    answer = academy.train(words + "-o parts.h5 --resume", "timeout -s KILL 0." + std::to_string(150 + 11 * (attempt % 60)) + ' ');
    if (answer.code == 0) break;
    CAPTURE(answer.said);
    REQUIRE(answer.code == 137);
    killed++;
  }
  REQUIRE(answer.code == 0);
  MESSAGE("killed ", killed, " times");
  CHECK(killed >= 2);
  CHECK(academy.bytes("parts.h5") == academy.bytes("whole.h5"));
  CHECK(academy.bytes("parts.checkpoint.h5") == academy.bytes("whole.checkpoint.h5"));
}

TEST_CASE("what train adain cannot use is refused in a sentence") {
  const Academy academy;
  const auto refused = [&](const std::string& words, const std::string& sentence) {
    const Answer answer = academy.shell(academy.line("-o net.h5 --iterations 1 " + words));
    CAPTURE(answer.said);
    CHECK(answer.code != 0);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(sentence));
  };
  fs::create_directories(academy.path + "/empty");
  fs::create_directories(academy.path + "/broken");
  fs::copy(academy.path + "/paintings/broken.png", academy.path + "/broken/broken.png");
  refused("--paintings paintings", "--photos is missing");
  refused("--photos photos", "--paintings is missing");
  refused("--photos nowhere --paintings paintings", "nowhere");
  refused("--photos photos --paintings empty", "empty");
  refused("--photos photos --paintings broken --encoder vgg.h5 --size 24", "broken.png");
  refused("--photos photos --paintings paintings --size 20", "multiple of 8");
  refused("--photos photos --paintings paintings --encoder nowhere.h5", "nowhere.h5");
  refused("--photos photos --paintings paintings --encoder vgg.h5 --init vgg.h5", "not a decoder of AdaIN");
  refused("--photos photos --paintings paintings --validation photos", "--validation-paintings");
  CHECK(!academy.there("net.h5"));
}

TEST_CASE("textures are drawn by seed and number alone, each another") {
  const Folder folder;
  const auto draw = [&](const std::string& words) { return shell("cd '" + folder.path + "' && '" IMPASTO_PROGRAM "' dataset textures " + words + " 2>&1"); };
  REQUIRE(draw("-o some --count 6 --size 32").has("6 textures of 32x32"));
  REQUIRE(draw("-o others --count 3 --size 32").code == 0);
  REQUIRE(draw("-o others --count 6 --size 32").code == 0);  // goes on
  REQUIRE(draw("-o seeded --count 1 --size 32 --seed 1").code == 0);
  for (int i = 0; i < 6; i++) {
    const std::string name = "/texture_00000" + std::to_string(i) + ".jpg";
    CHECK(folder.bytes("some" + name) == folder.bytes("others" + name));
    CHECK(folder.bytes("some" + name) != folder.bytes("some/texture_00000" + std::to_string((i + 1) % 6) + ".jpg"));
  }
  CHECK(folder.bytes("seeded/texture_000000.jpg") != folder.bytes("some/texture_000000.jpg"));
  std::ofstream(folder.path + "/file") << "x";
  const Answer refused = draw("-o file/below --count 1");
  CHECK(refused.code == 1);
  CHECK(refused.lines() == 1);
}

TEST_CASE("a texture is of numbers of 0..1 and has texture in it") {
  for (uint64_t key = 0; key < 40; key++) {
    CAPTURE(key);
    const Picture texture = texture_picture(key, 48);
    REQUIRE(texture.rgb.size() == 3 * 48 * 48);
    double sum = 0, squares = 0;
    for (const float v : texture.rgb) {
      REQUIRE((v >= 0 && v <= 1));
      sum += v;
      squares += double(v) * v;
    }
    const double count = double(texture.rgb.size());
    CHECK(squares / count - sum * sum / count / count > 1e-4);
  }
}
