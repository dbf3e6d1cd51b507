// `impasto optimize` from outside, with a small VGG of random weights: offline, in seconds.
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "loaders/picture.h"
#include "loaders/weight_file.h"
#include "tests/reference/formula.h"

namespace fs = std::filesystem;
using namespace impasto;

namespace {

Picture picture(uint32_t seed, int width, int height) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb = formula::picture(seed, 6, height, width);
  for (float& v : p.rgb) v /= 255;
  return p;
}

WeightFile narrow_vgg() {
  WeightFile file;
  file.architecture = "vgg16:8,16,24,32";
  file.settings = "{}";
  file.licence = file.provenance = file.created_by = "made by a test";
  file.preprocessing = "caffe";
  const int64_t widths[] = {8, 16, 24, 32};
  const int depths[] = {2, 2, 3, 3};
  uint32_t l = 0;
  int64_t channels = 3;
  for (int b = 0; b < 4; b++)
    for (int c = 0; c < depths[b]; c++, l++) {
      Array weight{{widths[b], channels, 3, 3}, std::vector<float>(size_t(widths[b] * channels * 9))}, bias{{widths[b]}, std::vector<float>(size_t(widths[b]))};
      for (uint32_t i = 0; i < weight.values.size(); i++) weight.values[i] = formula::weight(i, 100 + l, int(channels));
      for (uint32_t i = 0; i < bias.values.size(); i++) bias.values[i] = formula::bias(i, 200 + l);
      const std::string name = "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1);
      file.parameters[name + "/weight"] = weight;
      file.parameters[name + "/bias"] = bias;
      channels = widths[b];
    }
  return file;
}

struct Answer {
  int code;
  std::string said;
  bool has(const std::string& words) const { return said.find(words) != std::string::npos; }
  long lines() const { return std::count(said.begin(), said.end(), '\n'); }
};

/// A folder with a photo, two paintings and a network.
struct Studio {
  Studio() {
    REQUIRE(mkdtemp(path.data()) != nullptr);
    write_picture(path + "/photo.png", picture(1, 64, 48));
    write_picture(path + "/a.png", picture(3, 50, 60));
    write_picture(path + "/b.png", picture(5, 44, 40));
    write_weight_file(path + "/vgg.h5", narrow_vgg());
  }
  ~Studio() { fs::remove_all(path); }

  /// `impasto optimize words`, in the folder, with its network.
  Answer run(const std::string& words, const std::string& before = "", const std::string& behind = " 2>&1") const {
    return shell(before + " '" IMPASTO_PROGRAM "' optimize --net vgg.h5 " + words + behind);
  }
  Answer shell(const std::string& line) const {
    FILE* pipe = popen(("cd '" + path + "' && IMPASTO_CACHE=nowhere " + line).c_str(), "r");
    REQUIRE(pipe != nullptr);
    Answer answer{};
    char buffer[4096];
    while (const size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) answer.said.append(buffer, size);
    const int status = pclose(pipe);
    answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return answer;
  }
  std::string bytes(const std::string& name) const {
    std::ifstream file(path + '/' + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  nlohmann::json json(const std::string& name) const { return nlohmann::json::parse(bytes(name)); }
  bool there(const std::string& name) const { return fs::exists(path + '/' + name); }
  Picture read(const std::string& name) const { return read_picture(path + '/' + name); }

  std::string path = "/tmp/impasto-optimize.XXXXXX";
};

}  // namespace

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
  for (const int seed : {1, 2}) REQUIRE(studio.run("photo.png a.png -o " + std::to_string(seed) + ".png --iterations 2 --init noise --seed " + std::to_string(seed)).code == 0);
  REQUIRE(studio.run("photo.png a.png -o again.png --iterations 2 --init noise --seed 1").code == 0);
  CHECK(studio.bytes("1.png") == studio.bytes("again.png"));
  CHECK(studio.bytes("1.png") != studio.bytes("2.png"));
}

TEST_CASE("the JSON tells the whole run") {
  const Studio studio;
  const Answer answer = studio.run("photo.png a.png b.png -o out.png --iterations 5 --scales 2 --style-blend 3,1 --json - --log log.csv", "", " 2>/dev/null");
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
    if (plan.has("bf16")) continue;  // not every processor
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
  REQUIRE(studio.run("photo.png a.png -o out.png --iterations 2 --gradients g.csv").code == 0);
  std::istringstream file(studio.bytes("g.csv"));
  std::string line;
  std::getline(file, line);
  CHECK(line == "step,term,gradient_norm,share,layer_gradient_norm");
  double shares = 0;
  int rows = 0;
  while (std::getline(file, line)) {
    rows++;
    std::replace(line.begin(), line.end(), ',', ' ');
    line.replace(0, line.find_first_of("0123456789", 4), "");  // the step and the term, up to the layer's number
    const size_t norm = line.find(' ');
    std::istringstream fields(line.substr(norm));
    double gradient = 0, share = 0;
    fields >> gradient >> share;
    shares += share;
  }
  CHECK(rows % 2 == 0);
  CHECK(rows > 4);
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
  for (const std::string how : {"--optimizer lbfgs", "--init noise", "--pooling average", "--backend reference --size 24 --style-size 20", "--content-weight 0", "--tv-weight 0 --style-layers relu1_1:2,relu3_1"}) {
    CAPTURE(how);
    const Answer answer = studio.run("photo.png a.png -o out.webp --iterations 3 " + how);
    CAPTURE(answer.said);
    CHECK(answer.code == 0);
  }
}

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
  const Answer answer = studio.shell("timeout -s INT 3 '" IMPASTO_PROGRAM "' optimize --net vgg.h5 photo.png a.png -o out.png --iterations 1000000 --json run.json 2>&1");
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
