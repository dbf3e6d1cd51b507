// `impasto optimize` from outside: what it paints and what it writes down.
#include <doctest/doctest.h>

#include <map>
#include <sstream>

#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

TEST_CASE("optimize paints: the loss falls, the picture has the photo's size, and the same call gives the same bytes") {
  const Studio studio;
  const Answer first = studio.run("photo.png a.png -o one.png --iterations 20 --json one.json");
  CAPTURE(first.said);
  REQUIRE(first.code == 0);
  CHECK(studio.read("one.png").width == 64);
  CHECK(studio.read("one.png").height == 48);
  const auto json = studio.json("one.json");
  CHECK(json["losses"]["total"].get<double>() < json["history"][0]["total"].get<double>() / 3);
  REQUIRE(studio.run("photo.png a.png -o two.png --iterations 20").code == 0);
  CHECK(studio.bytes("one.png") == studio.bytes("two.png"));
  REQUIRE(studio.run("photo.png a.png -o three.png --iterations 20", "OMP_NUM_THREADS=1").code == 0);
  CHECK(studio.bytes("one.png") == studio.bytes("three.png"));
}

TEST_CASE("noise follows its seed") {
  const Studio studio;
  for (const int seed : {1, 2})
    REQUIRE(
        studio.run("photo.png a.png -o " + std::to_string(seed) + ".png --iterations 2 --init noise --seed " + std::to_string(seed)).code ==
        0);
  REQUIRE(studio.run("photo.png a.png -o again.png --iterations 2 --init noise --seed 1").code == 0);
  CHECK(studio.bytes("1.png") == studio.bytes("again.png"));
  CHECK(studio.bytes("1.png") != studio.bytes("2.png"));
}

TEST_CASE("the JSON tells the whole run") {
  const Studio studio;
  const Answer answer =
      studio.run("photo.png a.png b.png -o out.png --iterations 5 --scales 2 --style-blend 3,1 --json - --log log.csv", "", " 2>/dev/null");
  REQUIRE(answer.code == 0);
  CHECK(answer.lines() == 1);  // for scripts: one line on standard output
  const auto json = nlohmann::json::parse(answer.said);
  CHECK(json["ending"] == "finished");
  CHECK(json["steps"] == 10);
  CHECK(json["width"] == 64);
  CHECK(json["network"] == "vgg16:8,16,24,32");
  CHECK(json["backend"] == "cpu");
  CHECK(json["paintings"] == nlohmann::json{"a.png", "b.png"});
  CHECK(json["settings"]["iterations"] == 5);
  CHECK(json["settings"]["style_blend"] == nlohmann::json{3.0, 1.0});
  CHECK(json["seconds"].get<double>() > 0);
  CHECK(json["min_s"].get<double>() <= json["seconds_per_step"].get<double>());
  CHECK(json["seconds_per_step"].get<double>() < json["seconds"].get<double>());
  CHECK(json["peak_memory_bytes"].get<double>() > json["pool_peak_bytes"].get<double>());
  CHECK(json["history"].size() == 10);
  double sum = 0;
  for (const auto& [name, value] : json["losses"].items())
    if (name != "total") sum += value.get<double>();
  CHECK(sum == doctest::Approx(json["losses"]["total"].get<double>()).epsilon(1e-5));
  // The log has the same numbers, step by step.
  std::istringstream log(studio.bytes("log.csv"));
  std::string line;
  std::getline(log, line);
  CHECK(line.starts_with("step,width,height,total,content "));
  for (size_t step = 0; step < 10; step++) {
    REQUIRE(std::getline(log, line));
    std::istringstream fields(line);
    double number = 0, width = 0, height = 0, total = 0;
    char comma;
    fields >> number >> comma >> width >> comma >> height >> comma >> total;
    CHECK(number == double(step));
    CHECK(width == (step < 5 ? 32 : 64));
    CHECK(total == doctest::Approx(json["history"][step]["total"].get<double>()).epsilon(1e-6));
  }
}

TEST_CASE("the memory plan is what the run then takes") {
  const Studio studio;
  for (const std::string how : {"--size 256 --pooling average", "--optimizer lbfgs --size 200", "--precision fast --size 256"}) {
    CAPTURE(how);
    const Answer plan = studio.run("photo.png a.png -o out.png --iterations 12 --memory-plan --json plan.json " + how);
    CAPTURE(plan.said);
    REQUIRE(plan.code == 0);
    CHECK(plan.has("memory for "));
    CHECK_FALSE(studio.there("out.png"));
    REQUIRE(studio.run("photo.png a.png -o out.png --iterations 12 --json run.json " + how).code == 0);
    const double planned = studio.json("plan.json")["pool_peak_bytes"], taken = studio.json("run.json")["pool_peak_bytes"];
    CHECK(planned == doctest::Approx(taken).epsilon(0.15));
    fs::remove(studio.path + "/out.png");
  }
}

TEST_CASE("pictures on the way carry the step in their name") {
  const Studio studio;
  REQUIRE(studio.run("photo.png a.png -o out.png --iterations 7 --save-every 3").code == 0);
  CHECK(studio.there("out-0003.png"));
  CHECK(studio.there("out-0006.png"));
  CHECK_FALSE(studio.there("out-0007.png"));
  CHECK(studio.bytes("out-0003.png") != studio.bytes("out-0006.png"));
  CHECK(studio.read("out.png").width == 64);
}

TEST_CASE("gradients are written by step and term, and the shares of a step sum to 1") {
  const Studio studio;
  REQUIRE(studio
              .run("photo.png a.png -o out.png --iterations 2 --gradients g.csv --style-layers relu1_2,relu3_3 --content-layers relu2_2 "
                   "--tv-weight 1")
              .code == 0);
  std::istringstream file(studio.bytes("g.csv"));
  std::string line;
  std::getline(file, line);
  CHECK(line == "step,term,gradient_norm,share,layer_gradient_norm");
  std::map<std::string, double> shares;
  std::vector<std::string> terms;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string step, term, norm, share, layer;
    for (std::string* field : {&step, &term, &norm, &share, &layer}) REQUIRE(std::getline(fields, *field, ','));
    CHECK(std::stod(norm) > 0);
    CHECK(std::stod(layer) > 0);
    shares[step] += std::stod(share);
    terms.push_back(term);
  }
  const std::vector<std::string> names{"content relu2_2", "style relu1_2", "style relu3_3", "tv"};
  CHECK(std::vector<std::string>(terms.begin(), terms.begin() + 4) == names);
  CHECK(terms.size() == 8);
  CHECK(shares["1"] == doctest::Approx(1));
  CHECK(shares["2"] == doctest::Approx(1));
}

TEST_CASE("a grey photo, one with alpha, a size of its own") {
  const Studio studio;
  Picture clear = picture(1, 64, 48);
  for (size_t i = 0; i < clear.pixels(); i++) clear.alpha.push_back(i % 2 ? 1.0f : 0.0f);
  write_picture(studio.path + "/clear.png", clear);
  REQUIRE(studio.run("clear.png a.png -o out.png --iterations 2").code == 0);
  CHECK(studio.read("out.png").alpha == clear.alpha);
  REQUIRE(studio.run("photo.png a.png -o large.png --iterations 2 --size 96").code == 0);  // asked for, it is enlarged
  CHECK(studio.read("large.png").width == 96);
  CHECK(studio.read("large.png").height == 72);
}

TEST_CASE("L-BFGS, noise, average pooling and f64 all run to their end") {
  const Studio studio;
  for (const std::string how : {"--optimizer lbfgs", "--init noise", "--pooling average", "--backend reference --size 24 --style-size 20",
                                "--content-weight 0", "--tv-weight 0 --style-layers relu1_1:2,relu3_1"}) {
    CAPTURE(how);
    const Answer answer = studio.run("photo.png a.png -o out.webp --iterations 3 " + how);
    CAPTURE(answer.said);
    CHECK(answer.code == 0);
  }
}
