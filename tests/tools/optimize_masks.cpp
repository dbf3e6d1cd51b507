// `impasto optimize` with masks, from outside.
#include <doctest/doctest.h>

#include <cmath>
#include <tuple>

#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

// Grey, dark on the left, bright on the right.
void write_depth(const std::string& path, int width, int height, int bits = 16) {
  Picture p;
  p.width = width;
  p.height = height;
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < height; i++)
      for (int j = 0; j < width; j++) p.rgb.push_back(float(j) / float(width - 1));
  write_picture(path, p, {.bits = bits});
}

}  // namespace

TEST_CASE("masks are listed in the JSON, and each masked painting's losses in JSON and log") {
  const Studio studio;
  write_depth(studio.path + "/depth.png", 30, 44);
  const Answer answer = studio.run(
      "photo.png a.png b.png -o out.png --iterations 4 --content-mask 'depth.png:linear(0.8,1)' --style-mask "
      "'gradient:top:sigmoid(20,0.5)' --style-mask depth.png:stretch:invert --json run.json --log log.csv");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  const auto json = studio.json("run.json");
  CHECK(json["settings"]["content_mask"] == "depth.png:linear(0.8,1)");
  CHECK(json["settings"]["style_masks"] == nlohmann::json{"gradient:top:sigmoid(20,0.5)", "depth.png:stretch:invert"});
  CHECK(json["losses"]["style relu3_3 #1"].get<double>() > 0);
  CHECK(json["losses"]["style relu3_3 #2"].get<double>() > 0);
  CHECK_FALSE(json["losses"].contains("style relu3_3"));
  CHECK(studio.bytes("log.csv").find("style relu1_2 #1,style relu1_2 #2,style relu2_2 #1") != std::string::npos);
  REQUIRE(studio.run("photo.png a.png -o plain.png --iterations 2 --json plain.json").code == 0);
  CHECK(studio.json("plain.json")["settings"]["content_mask"].is_null());
  CHECK(studio.json("plain.json")["settings"]["style_masks"].empty());
}

TEST_CASE("where the content mask is 0 the photo does not hold") {
  // With nothing but content from noise, the half that counts comes near the photo, and the other stays noise.
  const Studio studio;
  write_depth(studio.path + "/depth.png", 64, 48);
  REQUIRE(studio
              .run("photo.png a.png -o out.png --iterations 60 --learning-rate 10 --init noise --style-weight 0 --tv-weight 0 "
                   "--content-layers relu1_1 --content-mask 'depth.png:sigmoid(1000,0.5)' --pooling average")
              .code == 0);
  const Picture found = studio.read("out.png"), photo = studio.read("photo.png");
  double left = 0, right = 0;
  for (size_t i = 0; i < found.rgb.size(); i++) {
    const int x = int(i % 64);
    if (x < 28) left += std::abs(found.rgb[i] - photo.rgb[i]);
    if (x >= 36) right += std::abs(found.rgb[i] - photo.rgb[i]);
  }
  CHECK(right < left / 2);
}

TEST_CASE("a mask keeps its 16 bits") {
  const Studio studio;
  // All of it within one step of 8 bits: stretched, it is a mask; in 8 bits it is flat.
  Picture fine;
  fine.width = 64;
  fine.height = 48;
  for (int i = 0; i < 3 * 64 * 48; i++) fine.rgb.push_back((32896.0f + float(i % 64)) / 65535.0f);
  write_picture(studio.path + "/fine.png", fine, {.bits = 16});
  write_picture(studio.path + "/coarse.png", fine);
  const std::string call = "photo.png a.png -o out.png --iterations 1 --style-mask ";
  CHECK(studio.run(call + "fine.png:stretch").code == 0);
  const Answer flat = studio.run(call + "coarse.png:stretch");
  CHECK(flat.code == 2);
  CHECK(flat.has("nothing to stretch"));
}

TEST_CASE("the memory plan counts masks") {
  const Studio studio;
  const std::string call = "photo.png a.png -o out.png --size 256 --iterations 2 ";
  const std::string masks = "--content-mask gradient:top --style-mask 'gradient:top:linear(0.5,1)' ";
  const auto planned = [&](const std::string& how) {
    REQUIRE(studio.run(call + how + "--memory-plan --json plan.json", "", " >/dev/null 2>&1").code == 0);
    return studio.json("plan.json")["pool_peak_bytes"].get<double>();
  };
  const double without = planned(""), with = planned(masks);
  CHECK(with > without + 3 * 256 * 192);
  REQUIRE(studio.run(call + masks + "--json run.json").code == 0);
  CHECK(with == doctest::Approx(studio.json("run.json")["pool_peak_bytes"].get<double>()).epsilon(0.15));
}

TEST_CASE("masks that cannot be end with one sentence and no picture") {
  const Studio studio;
  Picture black = picture(1, 32, 32);
  std::fill(black.rgb.begin(), black.rgb.end(), 0.0f);
  write_picture(studio.path + "/black.png", black);
  const std::tuple<std::string, int, std::string> wrong[] = {
      {"a.png --style-mask gradient:top --style-mask gradient:left", 2, "--style-mask is given 2 times for 1 paintings"},
      {"a.png b.png --style-mask gradient:top", 2, "--style-mask is given 1 times for 2 paintings; give it once for each"},
      {"a.png --content-mask gradient:up", 2, "gradient:top, gradient:bottom"},
      {"a.png --content-mask a.png:blur", 2, "there are linear(a,b), sigmoid(k,c), range(a,b), invert and stretch"},
      {"a.png --content-mask 'gradient:top:linear(-1,1)'", 2, "must be numbers from 0 on"},
      {"a.png --content-mask gradient:top --content-mask gradient:left", 2, "--content-mask"},
      {"a.png --content-mask black.png", 2, "the mask \"black.png\" is empty at relu2_2"},
      {"a.png --style-mask black.png:invert:invert", 2, "the mask \"black.png:invert:invert\" is empty at relu1_2"},
      {"a.png --style-mask missing.png:invert", 1, "missing.png: "},
      {"a.png --content-mask vgg.h5", 1, "vgg.h5: "},
  };
  for (const auto& [words, code, reason] : wrong) {
    CAPTURE(words);
    const Answer answer = studio.run("photo.png -o out.png --iterations 1 " + words);
    CAPTURE(answer.said);
    CHECK(answer.code == code);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(studio.there("out.png"));
  CHECK(studio.run("photo.png -o out.png --iterations 1 --style-mask gradient:top a.png").code == 0);  // takes one word only
}
